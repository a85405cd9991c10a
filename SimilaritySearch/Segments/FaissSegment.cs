using Faiss;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch.Segments;

/// <summary>A vectors.faiss: inverted lists whose ids are row numbers.</summary>
/// <param name="index">Owned.</param>
/// <param name="usualProbes">Inverted lists to visit unless a search says otherwise.</param>
internal sealed class FaissSegment(FaissIndex index, int usualProbes) : VectorSegment
{
    /// <summary>Of fewer allowed rows than this each one is compared: inverted lists would miss most of them.</summary>
    private const int CompareEach = 20_000;

    public override long Count => index.Count;

    public override int Dimension => index.Dimension;

    public override IReadOnlyList<RowHit> Search(ReadOnlySpan<float> query, int k, RowBitmap? allowed, int nProbe, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Count == 0)
            return [];
        if (allowed is null)
            return Ask(query, (int)Math.Min(k, Count), nProbe, null);
        var count = allowed.Count;
        if (count <= CompareEach)
            return Comparison.OfAllowed(this, query, k, allowed, cancellation);
        using var selector = IdSelector.Bitmap(allowed.Bytes);
        return Ask(query, (int)Math.Min(k, count), nProbe, selector);
    }

    public override void CopyVector(long row, Span<float> vector) => index.Reconstruct(row, vector);

    public override void Dispose() => index.Dispose();

    private List<RowHit> Ask(ReadOnlySpan<float> query, int k, int probes, IdSelector? allowed)
    {
        var (scores, rows) = (new float[k], new long[k]);
        index.Search(query, k, scores, rows, new SearchParameters { NProbe = probes > 0 ? probes : usualProbes, Selector = allowed });
        var hits = new List<RowHit>(k);
        var vector = new float[Dimension];
        for (var i = 0; i < k; i++)
        {
            if (rows[i] < 0)
                continue;
            // Faiss sums in an order of its own: the same vector has the same score in every segment only if one sum is made everywhere.
            index.Reconstruct(rows[i], vector);
            hits.Add(new RowHit(rows[i], ExactDot.Product(query, vector)));
        }

        hits.Sort(RowHit.Compare);
        return hits;
    }
}
