using Stickers.Catalogue;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch;

/// <summary>Which stickers of one snapshot may be found. Made once, used by any number of searches, on any thread.</summary>
public sealed class SegmentFilter
{
    internal SegmentFilter(SegmentSet owner, IReadOnlyList<RowBitmap> rows, HashSet<StickerId>? ids) => (Owner, Rows, Ids) = (owner, rows, ids);

    /// <summary>Stickers that it lets through.</summary>
    public long Count => Ids?.Count ?? Rows.Sum(rows => rows.Count);

    internal SegmentSet Owner { get; }

    /// <summary>For each segment its rows that are allowed and not deleted.</summary>
    internal IReadOnlyList<RowBitmap> Rows { get; }

    /// <summary>For a snapshot of format 1.</summary>
    internal HashSet<StickerId>? Ids { get; }
}
