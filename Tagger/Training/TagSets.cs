namespace Stickers.Tagger.Training;

/// <summary>The distinct sets of tags of the stickers that are learned from: what means the same has the same set.</summary>
internal sealed class TagSets
{
    /// <summary>Most sets that are told apart; the most frequent are kept.</summary>
    private const int Maximum = 20_000;

    private TagSets(int[] ofRows, int[] counts, (int Set, int Tag)[] suggested) => (OfRows, Counts, Suggested) = (ofRows, counts, suggested);

    /// <summary>For each of <see cref="TrainingSet.TaggedRows"/> the number of its set, or -1 where it is not told apart.</summary>
    public int[] OfRows { get; }

    /// <summary>Stickers of each set, most first.</summary>
    public int[] Counts { get; }

    /// <summary>The tags in each set that are suggested, by set.</summary>
    public (int Set, int Tag)[] Suggested { get; }

    /// <summary>The sets of a training set.</summary>
    public static TagSets Of(TrainingSet set)
    {
        var keys = Array.ConvertAll(set.TaggedRows, row => string.Join(' ', set.Rows[row].Tags));
        var frequent = keys.CountBy(key => key).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(Maximum).ToArray();
        var numbers = frequent.Select((pair, number) => (pair.Key, number)).ToDictionary(pair => pair.Key, pair => pair.number, StringComparer.Ordinal);
        var ofRows = Array.ConvertAll(keys, key => numbers.GetValueOrDefault(key, -1));
        var suggested = set.TaggedRows.Zip(ofRows).Where(pair => pair.Second >= 0).DistinctBy(pair => pair.Second)
            .SelectMany(pair => set.Rows[pair.First].Tags.Where(tag => tag < set.Vocabulary.TagCount).Select(tag => (Set: pair.Second, Tag: tag)))
            .Order();
        return new TagSets(ofRows, Array.ConvertAll(frequent, pair => pair.Value), [.. suggested]);
    }
}
