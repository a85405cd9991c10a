using Faiss;
using Stickers.Catalogue;
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

    /// <summary>The k nearest stickers. Such an index knows no filter: more is asked for until enough pass.</summary>
    /// <param name="query">d values.</param>
    /// <param name="k">1 or more.</param>
    /// <param name="allowed">Stickers that may be found; null for all.</param>
    /// <param name="exclude">Left out of the answer.</param>
    /// <param name="cancellation">Stops the search.</param>
    public List<SearchHit> SearchStickers(ReadOnlySpan<float> query, int k, IReadOnlySet<StickerId>? allowed, StickerId? exclude, CancellationToken cancellation)
    {
        for (var wanted = (long)k + 1; ; wanted *= 4)
        {
            wanted = Math.Min(wanted, Count);
            var hits = Search(query, (int)Math.Max(1, wanted), null, 0, cancellation)
                .Select(hit => new SearchHit(new StickerId(hit.Row), hit.Score))
                .Where(hit => hit.Id != exclude && allowed?.Contains(hit.Id) != false).Take(k).ToList();
            if (hits.Count == k || wanted == Count)
                return hits;
        }
    }

    public override void CopyVectors(ReadOnlySpan<long> rows, Span<float> vectors) => index.Reconstruct(rows, vectors);

    public bool TryCopyVector(long id, Span<float> vector) => index.TryReconstruct(id, vector);

    public override void Dispose() => index.Dispose();
}
