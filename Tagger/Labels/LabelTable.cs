namespace Stickers.Tagger.Labels;

/// <summary>Which stickers carry which of the tags that are checked.</summary>
internal sealed class LabelTable
{
    private readonly List<SortedSet<int>> _labels = [];

    /// <summary>Number of stickers.</summary>
    public int Count => _labels.Count;

    /// <summary>Tags of a sticker, ascending.</summary>
    public IReadOnlySet<int> this[int row] => _labels[row];

    public int Labels => _labels.Sum(tags => tags.Count);

    public void Add(IEnumerable<int> tags) => _labels.Add([.. tags]);

    /// <summary>
    /// Makes faults to be found: one share of the stickers with two labels or more gets a label drawn as often as labels occur, another share of the same size loses one.
    /// </summary>
    /// <returns>The pairs of sticker and tag that are now wrong, and that are now missing.</returns>
    public (HashSet<(int Row, int Tag)> Wrong, HashSet<(int Row, int Tag)> Missing) Plant(double share, int seed)
    {
        var random = new Random(seed);
        int[] drawn = [.. _labels.SelectMany(tags => tags)];
        int[] eligible = [.. Enumerable.Range(0, Count).Where(row => _labels[row].Count >= 2)];
        random.Shuffle(eligible);
        var count = (int)(share * eligible.Length);
        HashSet<(int, int)> wrong = [], missing = [];
        foreach (var row in eligible.Take(count))
        {
            var tag = drawn[random.Next(drawn.Length)];
            if (_labels[row].Add(tag)) wrong.Add((row, tag));
        }

        foreach (var row in eligible.Skip(count).Take(count))
        {
            var tag = _labels[row].ElementAt(random.Next(_labels[row].Count));
            _labels[row].Remove(tag);
            missing.Add((row, tag));
        }

        return (wrong, missing);
    }
}
