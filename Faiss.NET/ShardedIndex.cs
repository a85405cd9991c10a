namespace Faiss;

/// <summary>
/// Several indexes that are searched as one: parts too large for one machine's build, or an old and a new part. Each may be of another kind,
/// and memory-mapped, as long as dimension and metric are the same. Ids should not repeat among them.
/// </summary>
/// <remarks>Thread-safe for searches. It owns its shards and disposes them.</remarks>
public sealed class ShardedIndex : IDisposable
{
    private readonly FaissIndex[] _shards;

    /// <param name="shards">At least one.</param>
    /// <exception cref="ArgumentException">None, or they differ in dimension or metric.</exception>
    public ShardedIndex(params IReadOnlyList<FaissIndex> shards)
    {
        ArgumentNullException.ThrowIfNull(shards);
        if (shards.Count == 0)
            throw new ArgumentException("There is no shard.", nameof(shards));
        foreach (var shard in shards)
        {
            ArgumentNullException.ThrowIfNull(shard, nameof(shards));
            if (shard.Dimension != shards[0].Dimension || shard.Metric != shards[0].Metric)
                throw new ArgumentException($"A shard has {shard.Dimension} dimensions by {shard.Metric}, the first {shards[0].Dimension} by {shards[0].Metric}.", nameof(shards));
        }

        _shards = [.. shards];
    }

    /// <summary>The shards.</summary>
    public IReadOnlyList<FaissIndex> Shards => _shards;

    /// <summary>Number of vectors of all shards.</summary>
    public long Count => _shards.Sum(shard => shard.Count);

    /// <summary>The k nearest of all shards, as <see cref="FaissIndex.Search"/> gives them of one. Shards are searched one after the other.</summary>
    /// <param name="queries">n x d values.</param>
    /// <param name="k">Neighbours per query, at least 1.</param>
    /// <param name="distances">Filled with n x k distances or inner products, nearest first, equal ones by shard.</param>
    /// <param name="ids">Filled with n x k ids; -1 where fewer than k were found.</param>
    /// <param name="parameters">Settings of this call, the same for each shard.</param>
    /// <exception cref="ArgumentException">A length does not fit n, d and k.</exception>
    public void Search(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids, SearchParameters? parameters = null)
    {
        _shards[0].Search(queries, k, distances, ids, parameters);
        if (_shards.Length == 1)
            return;
        var (moreDistances, moreIds) = (new float[distances.Length], new long[ids.Length]);
        var (mergedDistances, mergedIds) = (new float[k], new long[k]);
        foreach (var shard in _shards.AsSpan(1))
        {
            shard.Search(queries, k, moreDistances, moreIds, parameters);
            for (var start = 0; start < ids.Length; start += k)
            {
                var resultDistances = distances.Slice(start, k);
                var resultIds = ids.Slice(start, k);
                Merge(resultDistances, resultIds, moreDistances.AsSpan(start, k), moreIds.AsSpan(start, k), mergedDistances, mergedIds);
                mergedDistances.CopyTo(resultDistances);
                mergedIds.CopyTo(resultIds);
            }
        }
    }

    /// <summary>Disposes the shards.</summary>
    public void Dispose()
    {
        foreach (var shard in _shards)
            shard.Dispose();
    }

    /// <summary>Merges two sorted results, whose missing entries (-1) stand last.</summary>
    private void Merge(ReadOnlySpan<float> a, ReadOnlySpan<long> aIds, ReadOnlySpan<float> b, ReadOnlySpan<long> bIds, Span<float> to, Span<long> toIds)
    {
        var largerIsNearer = _shards[0].Metric == MetricType.InnerProduct;
        for (int i = 0, j = 0, n = 0; n < to.Length; n++)
        {
            var second = bIds[j] >= 0 && (aIds[i] < 0 || (largerIsNearer ? b[j] > a[i] : b[j] < a[i]));
            (to[n], toIds[n]) = second ? (b[j], bIds[j++]) : (a[i], aIds[i++]);
        }
    }
}
