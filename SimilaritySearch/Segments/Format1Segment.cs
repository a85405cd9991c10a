using Faiss;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch.Segments;

/// <summary>The index of a snapshot of format 1: its row numbers are stickers' ids.</summary>
internal sealed class Format1Segment(FaissIndex index, SearchParameters parameters) : VectorSegment
{
    public override long Count => index.Count;

    public override int Dimension => index.Dimension;

    public override IReadOnlyList<RowHit> Search(ReadOnlySpan<float> query, int k, RowBitmap? allowed, int nProbe, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var (scores, ids) = (new float[k], new long[k]);
        index.Search(query, k, scores, ids, parameters);
        var hits = ids.Zip(scores, (id, score) => new RowHit(id, score)).Where(hit => hit.Row >= 0).ToList();
        hits.Sort(RowHit.Compare);
        return hits;
    }

    public override void CopyVectors(ReadOnlySpan<long> rows, Span<float> vectors) => index.Reconstruct(rows, vectors);

    public bool TryCopyVector(long id, Span<float> vector) => index.TryReconstruct(id, vector);

    public override void Dispose() => index.Dispose();
}
