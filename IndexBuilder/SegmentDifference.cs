using Stickers.Catalogue;
using Stickers.SimilaritySearch;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.IndexBuilder;

/// <summary>What must change in a segment so that it holds other vectors.</summary>
internal sealed class SegmentDifference
{
    private readonly RowTable _old;

    private SegmentDifference(RowTable old, RowBitmap deleted, RowTable added) => (_old, Deleted, Added) = (old, deleted, added);

    /// <summary>Rows of the segment whose stickers are gone or have another vector.</summary>
    public RowBitmap Deleted { get; }

    /// <summary>Stickers that the segment does not have, or not with this vector.</summary>
    public RowTable Added { get; }

    /// <summary>Rows deleted and added.</summary>
    public long Changes => Deleted.Count + Added.Count;

    /// <summary>Compares by ids and prints; both tables are in the order of ids.</summary>
    public static SegmentDifference Of(RowTable old, RowTable now)
    {
        var deleted = RowBitmap.All(old.Count);
        var (ids, prints) = (new List<long>(), new List<ulong>());
        long at = 0;
        for (long row = 0; row < now.Count; row++)
        {
            var id = now.IdOf(row);
            while (at < old.Count && old.IdOf(at).Value < id.Value)
                at++;
            if (at < old.Count && old.IdOf(at) == id && old.PrintOf(at) == now.PrintOf(row))
            {
                deleted[at] = false;
                continue;
            }

            ids.Add(id.Value);
            prints.Add(now.PrintOf(row));
        }

        return new SegmentDifference(old, deleted, RowTable.Of([.. ids], [.. prints]));
    }

    /// <summary>Whether a sticker stands in the segment with the vector that it has now. On any thread.</summary>
    public bool IsUnchanged(StickerId id) => _old.RowOf(id) is >= 0 and var row && !Deleted[row];
}
