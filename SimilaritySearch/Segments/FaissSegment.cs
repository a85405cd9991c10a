using Faiss;
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
            return CompareAllowed(query, k, allowed, cancellation);
        // Lists hold rows that are not allowed among those that are: more is asked for until enough are left.
        for (var wanted = k + Math.Min(k, (int)Math.Min(Count - count, 64)); ; wanted *= 2)
        {
            cancellation.ThrowIfCancellationRequested();
            wanted = (int)Math.Min(wanted, Count);
            var found = Ask(query, wanted, nProbe, allowed);
            if (found.Count >= k || wanted == Count || wanted >= 1 << 16)
                return [.. found.Take(k)];
        }
    }

    public override void CopyVector(long row, Span<float> vector) => index.Reconstruct(row, vector);

    public override void Dispose() => index.Dispose();

    private List<RowHit> Ask(ReadOnlySpan<float> query, int k, int probes, RowBitmap? allowed)
    {
        var (scores, rows) = (new float[k], new long[k]);
        index.Search(query, k, scores, rows, new SearchParameters { NProbe = probes > 0 ? probes : usualProbes });
        var hits = new List<RowHit>(k);
        var vector = new float[Dimension];
        for (var i = 0; i < k; i++)
        {
            if (rows[i] < 0 || allowed?[rows[i]] == false)
                continue;
            // Faiss sums in an order of its own: the same vector has the same score in every segment only if one sum is made everywhere.
            index.Reconstruct(rows[i], vector);
            hits.Add(new RowHit(rows[i], ExactDot.Product(query, vector)));
        }

        hits.Sort(RowHit.Compare);
        return hits;
    }

    private List<RowHit> CompareAllowed(ReadOnlySpan<float> query, int k, RowBitmap allowed, CancellationToken cancellation)
    {
        var hits = new List<RowHit>();
        var vector = new float[Dimension];
        for (long row = 0; row < Count; row++)
        {
            if ((row & 0xFFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            if (!allowed[row])
                continue;
            index.Reconstruct(row, vector);
            hits.Add(new RowHit(row, ExactDot.Product(query, vector)));
        }

        hits.Sort(RowHit.Compare);
        return hits.Count > k ? hits[..k] : hits;
    }
}
