namespace Stickers.Tagger.Evaluating;

/// <summary>Truths of stickers x tags: which tags each sticker carries, as indices into one vocabulary.</summary>
public sealed class TagTable
{
    private readonly bool[] _truth;   // stickers x tags, row-major
    private readonly int[] _positives;

    /// <summary>Creates the table.</summary>
    /// <param name="labels">For each sticker the indices of its tags; empty is allowed, double ones count once.</param>
    /// <param name="tags">Length of the vocabulary.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the vocabulary.</exception>
    public TagTable(IReadOnlyList<IReadOnlyList<int>> labels, int tags)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegative(tags);
        (Stickers, Tags) = (labels.Count, tags);
        _truth = new bool[checked(Stickers * tags)];
        _positives = new int[tags];
        for (var sticker = 0; sticker < Stickers; sticker++)
        {
            foreach (var tag in labels[sticker])
            {
                if (tag < 0 || tag >= tags)
                    throw new ArgumentOutOfRangeException(nameof(labels), tag, $"Sticker {sticker} has tag {tag}; the vocabulary has tags 0 to {tags - 1}.");
                ref var cell = ref _truth[sticker * tags + tag];
                if (!cell)
                    _positives[tag]++;
                cell = true;
            }
        }
    }

    /// <summary>Number of stickers (rows).</summary>
    public int Stickers { get; }

    /// <summary>Number of tags (columns).</summary>
    public int Tags { get; }

    /// <summary>All truths, stickers x tags, row-major.</summary>
    public ReadOnlySpan<bool> Cells => _truth;

    /// <summary>Whether the sticker carries the tag.</summary>
    public bool this[int sticker, int tag] => _truth[sticker * Tags + tag];

    /// <summary>How many stickers carry the tag.</summary>
    public int Positives(int tag) => _positives[tag];

    /// <summary>The truths of one tag, one for each sticker.</summary>
    public bool[] Column(int tag)
    {
        var column = new bool[Stickers];
        for (var sticker = 0; sticker < Stickers; sticker++)
            column[sticker] = _truth[sticker * Tags + tag];
        return column;
    }
}
