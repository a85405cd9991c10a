using System.Numerics.Tensors;

namespace Stickers.SimilaritySearch.Filtering;

/// <summary>
/// The nearest among the stickers that pass a filter. Few of them are each compared with the query. Many are left to an exact index, which passes over the others as it
/// scans; of an approximate one so many more are asked for as the filter is expected to take away, and all that pass are compared if that was not enough.
/// </summary>
public static class FilteredSearch
{
    /// <summary>Factory of an index that finds all, in manifests.</summary>
    private const string Exact = "Exact";

    /// <summary>Share of the stickers up to which all that pass are compared instead of asking an approximate index.</summary>
    public const double ComparedShare = 0.06;

    /// <summary>Stickers that are always compared one by one: asking the index is no faster.</summary>
    private const int AlwaysCompared = 2000;

    /// <summary>The k nearest stickers of the set, best first, equal ones by id; fewer when the set is smaller.</summary>
    /// <param name="snapshot">The index.</param>
    /// <param name="attributes">The attributes of its stickers.</param>
    /// <param name="passing">The stickers that may be found; null for all.</param>
    /// <param name="query">Unit vector of the index' dimension.</param>
    /// <param name="k">1 to <see cref="Snapshot.MaxNeighbours"/>.</param>
    /// <param name="cancellation">Stops the search between blocks.</param>
    public static IReadOnlyList<SearchHit> Search(
        Snapshot snapshot, StickerAttributes attributes, PassingStickers? passing, ReadOnlySpan<float> query, int k, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(attributes);
        if (passing is null)
            return snapshot.Search(query, k, filter: null, exclude: null, cancellation);
        var set = passing.Set;
        if (set.Count == 0)
            return [];
        if (set.Count > AlwaysCompared && snapshot.Manifest.Factory == Exact)
            return snapshot.Search(query, k, passing.Filter, exclude: null, cancellation);
        if (set.Count > Math.Max(AlwaysCompared, ComparedShare * set.Length))
        {
            var wanted = (int)Math.Min(Snapshot.MaxNeighbours, (1.5 * k * set.Length / set.Count) + 20);
            var found = snapshot.Search(query, wanted, filter: null, exclude: null, cancellation).Where(hit => set.Contains(attributes.PositionOf(hit.Id))).Take(k).ToList();
            if (found.Count == k)
                return found;
        }

        return Compare(snapshot, attributes, set, query, k, cancellation);
    }

    /// <summary>The k nearest among the stickers that pass a filter and are candidates, best first.</summary>
    /// <param name="snapshot">The index.</param>
    /// <param name="candidates">Which tags, and whether the nearest lists are looked at as well.</param>
    /// <param name="passing">The stickers that may be found; null for all.</param>
    /// <param name="query">Unit vector of the index' dimension.</param>
    /// <param name="k">1 to <see cref="Snapshot.MaxNeighbours"/>.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="InvalidOperationException">The snapshot is of a format without tag documents.</exception>
    public static IReadOnlyList<SearchHit> SearchAmong(
        Snapshot snapshot, TagCandidates candidates, PassingStickers? passing, ReadOnlySpan<float> query, int k, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return snapshot.SearchAmong(query, k, candidates, passing?.Filter, exclude: null, cancellation);
    }

    /// <summary>The k nearest stickers of the set by comparing each of them with the query: exact, and slow for many.</summary>
    /// <param name="snapshot">The index.</param>
    /// <param name="attributes">The attributes of its stickers.</param>
    /// <param name="passing">The stickers that may be found; null for all.</param>
    /// <param name="query">Unit vector of the index' dimension.</param>
    /// <param name="k">At least 1.</param>
    /// <param name="cancellation">Stops the search between blocks.</param>
    public static IReadOnlyList<SearchHit> Compare(
        Snapshot snapshot, StickerAttributes attributes, StickerSet? passing, ReadOnlySpan<float> query, int k, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(attributes);
        // The root is the worst of the best: what is not better is dropped without moving anything.
        var best = new PriorityQueue<SearchHit, SearchHit>(k + 1, Worst);
        var vector = new float[snapshot.Manifest.Dimension];
        var compared = 0;
        foreach (var position in passing?.Positions() ?? Enumerable.Range(0, attributes.Count))
        {
            if (++compared % 4096 == 0)
                cancellation.ThrowIfCancellationRequested();
            var id = attributes.IdAt(position);
            if (!snapshot.TryCopyVector(id, vector))
                continue;
            var hit = new SearchHit(id, TensorPrimitives.Dot(query, vector));
            if (best.Count < k)
                best.Enqueue(hit, hit);
            else if (Worst.Compare(hit, best.Peek()) > 0)
                best.EnqueueDequeue(hit, hit);
        }

        var hits = new SearchHit[best.Count];
        for (var i = hits.Length - 1; i >= 0; i--)
            hits[i] = best.Dequeue();
        return hits;
    }

    /// <summary>Orders the worse before the better: a lower score, or at equal score the higher id.</summary>
    private static readonly Comparer<SearchHit> Worst =
        Comparer<SearchHit>.Create((a, b) => a.Score != b.Score ? a.Score.CompareTo(b.Score) : b.Id.Value.CompareTo(a.Id.Value));
}
