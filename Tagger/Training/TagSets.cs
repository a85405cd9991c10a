namespace Stickers.Tagger.Training;

/// <summary>The distinct sets of tags of the stickers that are learned from, what means the same has the same set, and the prototypes that stand for their stickers.</summary>
internal sealed class TagSets
{
    /// <summary>Most sets that are told apart; the most frequent are kept.</summary>
    private const int MostSets = 20_000;

    /// <summary>Most prototypes, as long as there are not more sets.</summary>
    private const int MostPrototypes = 8192;

    private TagSets(int[] ofRows, int[] counts, int[] prototypes, int prototypeCount, (int Prototype, int Tag)[] suggested) =>
        (OfRows, Counts, PrototypeOfRows, PrototypeCount, Suggested) = (ofRows, counts, prototypes, prototypeCount, suggested);

    /// <summary>For each of <see cref="TrainingSet.TaggedRows"/> the number of its set, or -1 where it is not told apart.</summary>
    public int[] OfRows { get; }

    /// <summary>Stickers of each set, most first.</summary>
    public int[] Counts { get; }

    /// <summary>For each of <see cref="TrainingSet.TaggedRows"/> the number of its prototype, or -1.</summary>
    public int[] PrototypeOfRows { get; }

    /// <summary>Prototypes, C.</summary>
    public int PrototypeCount { get; }

    /// <summary>The tags of each prototype that are suggested, by prototype.</summary>
    public (int Prototype, int Tag)[] Suggested { get; }

    /// <summary>
    /// Those of a training set. Of few stickers each is a prototype of its own; of many, as few of one set share one as keep prototypes below <paramref name="most"/>. Each then stands for as many
    /// stickers, but for the last of a set.
    /// </summary>
    public static TagSets Of(TrainingSet set, int most = MostPrototypes)
    {
        var keys = Array.ConvertAll(set.TaggedRows, row => string.Join(' ', set.Rows[row].Tags));
        var frequent = keys.CountBy(key => key).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(MostSets).ToArray();
        var numbers = frequent.Select((pair, number) => (pair.Key, number)).ToDictionary(pair => pair.Key, pair => pair.number, StringComparer.Ordinal);
        var ofRows = Array.ConvertAll(keys, key => numbers.GetValueOrDefault(key, -1));
        var counts = Array.ConvertAll(frequent, pair => pair.Value);

        var size = 1;
        while (size < counts.FirstOrDefault() && counts.Sum(count => Groups(count, size)) > most) size++;
        var firsts = new int[counts.Length + 1];
        for (var s = 0; s < counts.Length; s++) firsts[s + 1] = firsts[s] + Groups(counts[s], size);
        var seen = new int[counts.Length];
        var prototypes = Array.ConvertAll(ofRows, own => own < 0 ? -1 : firsts[own] + (seen[own]++ / size));

        var suggested = set.TaggedRows.Zip(prototypes).Where(pair => pair.Second >= 0).DistinctBy(pair => pair.Second)
            .SelectMany(pair => set.Rows[pair.First].Tags.Where(tag => tag < set.Vocabulary.TagCount).Select(tag => (Prototype: pair.Second, Tag: tag)))
            .Order();
        return new TagSets(ofRows, counts, prototypes, firsts[^1], [.. suggested]);
    }

    private static int Groups(int count, int size) => (count + size - 1) / size;
}
