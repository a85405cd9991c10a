using Stickers.Catalogue;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch.Segments;

/// <summary>Compares few rows one by one.</summary>
internal static class Comparison
{
    /// <summary>The k nearest of the allowed rows, best first.</summary>
    public static List<RowHit> OfAllowed(VectorSegment segment, ReadOnlySpan<float> query, int k, RowBitmap allowed, CancellationToken cancellation)
    {
        var hits = new List<RowHit>();
        var vector = new float[segment.Dimension];
        foreach (var row in allowed.Rows())
        {
            if ((hits.Count & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            segment.CopyVector(row, vector);
            hits.Add(new RowHit(row, ExactDot.Product(query, vector)));
        }

        hits.Sort(RowHit.Compare);
        return hits.Count > k ? hits[..k] : hits;
    }
}
