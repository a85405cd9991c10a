using Stickers.SimilaritySearch.Coded;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch.Segments;

/// <summary>A vectors.coded.</summary>
/// <param name="index">Owned.</param>
/// <param name="usualProbes">Inverted lists to visit unless a search says otherwise.</param>
internal sealed class CodedSegment(CodedIndex index, int usualProbes) : VectorSegment
{
    /// <summary>Rows compared as float32 for each neighbour that is wanted, and at least.</summary>
    private const int CandidatesOfNeighbour = 50, LeastCandidates = 1000;

    public override long Count => index.Count;

    public override int Dimension => index.Dimension;

    public override IReadOnlyList<RowHit> Search(ReadOnlySpan<float> query, int k, RowBitmap? allowed, int nProbe, CancellationToken cancellation)
    {
        if (allowed is not null && Comparison.IsBest(allowed.Count, Count))
            return Comparison.OfAllowed(this, query, k, allowed, cancellation);
        var wanted = Math.Min(k, allowed?.Count ?? Count);
        // Where the lists visited have fewer than are wanted, more are visited: an answer that is shorter than k has all there are.
        for (var probes = ProbesOf(nProbe, k); ; probes *= 4)
        {
            var hits = index.Search(query, k, probes, CandidatesOf(k), allowed, cancellation);
            if (hits.Count >= wanted || probes >= Comparison.MostLists)
                return hits;
        }
    }

    public override IReadOnlyList<RowHit> SearchAmong(ReadOnlySpan<float> query, int k, ReadOnlySpan<uint> rows, bool listsToo, RowBitmap? allowed, int nProbe, CancellationToken cancellation) =>
        index.SearchAmong(query, k, rows, listsToo ? ProbesOf(nProbe, k) : 0, CandidatesOf(k), allowed, cancellation);

    public override void CopyVectors(ReadOnlySpan<long> rows, Span<float> vectors) => index.CopyVectors(rows, vectors);

    public override void Dispose() => index.Dispose();

    private static int CandidatesOf(int k) => Math.Max(LeastCandidates, k * CandidatesOfNeighbour);

    private int ProbesOf(int nProbe, int k) => Comparison.ProbesOf(nProbe > 0 ? nProbe : Math.Max(1, usualProbes), k);
}
