namespace Stickers.Tagger.Training;

/// <summary>The distinct sets of tags of some stickers, what means the same has the same set, and the prototypes that stand for them.</summary>
internal sealed class TagSets
{
    /// <summary>Most sets that are told apart; the most frequent are kept.</summary>
    private const int MostSets = 20_000;

    /// <summary>Most prototypes, as long as there are not more sets.</summary>
    private const int MostPrototypes = 8192;

    private TagSets(TrainingSet set, int[] rows, (int[] OfRows, int[] Counts) told, int size)
    {
        (Rows, OfRows, Counts) = (rows, told.OfRows, told.Counts);
        var firsts = new int[Counts.Length + 1];
        for (var s = 0; s < Counts.Length; s++) firsts[s + 1] = firsts[s] + Groups(Counts[s], size);
        var seen = new int[Counts.Length];
        PrototypeOfRows = Array.ConvertAll(OfRows, own => own < 0 ? -1 : firsts[own] + (seen[own]++ / size));
        PrototypeCount = firsts[^1];
        Suggested = [.. rows.Zip(PrototypeOfRows).Where(pair => pair.Second >= 0).DistinctBy(pair => pair.Second)
            .SelectMany(pair => set.Rows[pair.First].Tags.Where(tag => tag < set.Vocabulary.TagCount).Select(tag => (Prototype: pair.Second, Tag: tag)))
            .Order()];
    }

    /// <summary>Row numbers of the stickers.</summary>
    public int[] Rows { get; }

    /// <summary>For each of <see cref="Rows"/> the number of its set, or -1 where it is not told apart.</summary>
    public int[] OfRows { get; }

    /// <summary>Stickers of each set, most first.</summary>
    public int[] Counts { get; }

    /// <summary>For each of <see cref="Rows"/> the number of its prototype, or -1.</summary>
    public int[] PrototypeOfRows { get; }

    /// <summary>Prototypes, C.</summary>
    public int PrototypeCount { get; }

    /// <summary>The tags of each prototype that are suggested, by prototype.</summary>
    public (int Prototype, int Tag)[] Suggested { get; }

    /// <summary>
    /// Those of the stickers to learn from and, with prototypes of their own, of validation's. Of few stickers each is a prototype; of many, as few of one set share one as keep all prototypes below
    /// <paramref name="most"/>. Each then stands for as many stickers, but for the last of a set.
    /// </summary>
    public static (TagSets Training, TagSets Validation) Of(TrainingSet set, int most = MostPrototypes)
    {
        int[] training = set.TaggedRows, validation = [.. set.ValidationRows.Where(row => set.Rows[row].Tags.Length > 0)];
        var (learned, held) = (Told(set, training), Told(set, validation));
        int[] counts = [.. learned.Counts, .. held.Counts];
        var size = 1;
        while (size < counts.DefaultIfEmpty().Max() && counts.Sum(count => Groups(count, size)) > most) size++;
        return (new TagSets(set, training, learned, size), new TagSets(set, validation, held, size));
    }

    private static (int[] OfRows, int[] Counts) Told(TrainingSet set, int[] rows)
    {
        var keys = Array.ConvertAll(rows, row => string.Join(' ', set.Rows[row].Tags));
        var frequent = keys.CountBy(key => key).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(MostSets).ToArray();
        var numbers = frequent.Select((pair, number) => (pair.Key, number)).ToDictionary(pair => pair.Key, pair => pair.number, StringComparer.Ordinal);
        return (Array.ConvertAll(keys, key => numbers.GetValueOrDefault(key, -1)), Array.ConvertAll(frequent, pair => pair.Value));
    }

    private static int Groups(int count, int size) => (count + size - 1) / size;
}
