using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch.Segments;

/// <summary>A vectors.exact.</summary>
internal sealed class ExactSegment(ExactIndex index) : VectorSegment
{
    public override long Count => index.Count;

    public override int Dimension => index.Dimension;

    public override IReadOnlyList<RowHit> Search(ReadOnlySpan<float> query, int k, RowBitmap? allowed, int nProbe, CancellationToken cancellation) =>
        index.Search(query, k, allowed, cancellation);

    /// <summary>Every row is compared anyhow.</summary>
    public override IReadOnlyList<RowHit> SearchAmong(ReadOnlySpan<float> query, int k, ReadOnlySpan<uint> rows, bool listsToo, RowBitmap? allowed, int nProbe, CancellationToken cancellation) =>
        listsToo ? Search(query, k, allowed, nProbe, cancellation) : base.SearchAmong(query, k, rows, listsToo, allowed, nProbe, cancellation);

    public override IReadOnlyList<RowHit>[] SearchMany(ReadOnlySpan<float> queries, int k, RowBitmap? allowed, CancellationToken cancellation) =>
        index.SearchMany(queries, k, allowed, cancellation);

    /// <summary>They stand in the order of their numbers, which a processor sees by itself.</summary>
    public override void CopyVectors(ReadOnlySpan<long> rows, Span<float> vectors)
    {
        for (var i = 0; i < rows.Length; i++)
            index.CopyVector(rows[i], vectors.Slice(i * Dimension, Dimension));
    }

    public override void Dispose() => index.Dispose();
}
