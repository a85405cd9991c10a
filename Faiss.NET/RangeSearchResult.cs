namespace Faiss;

/// <summary>What a range search found for n queries.</summary>
public sealed class RangeSearchResult
{
    private readonly long[] _limits;
    private readonly float[] _distances;
    private readonly long[] _ids;

    internal RangeSearchResult(long[] limits, float[] distances, long[] ids) => (_limits, _distances, _ids) = (limits, distances, ids);

    /// <summary>Number of queries n.</summary>
    public int Queries => _limits.Length - 1;

    /// <summary>Number of results of all queries together.</summary>
    public int Count => _ids.Length;

    /// <summary>Ids found for one query, in no order.</summary>
    /// <param name="query">0 to n - 1.</param>
    public ReadOnlySpan<long> Ids(int query) => _ids.AsSpan(Slice(query));

    /// <summary>Their distances or inner products, in the order of <see cref="Ids"/>.</summary>
    /// <param name="query">0 to n - 1.</param>
    public ReadOnlySpan<float> Distances(int query) => _distances.AsSpan(Slice(query));

    private System.Range Slice(int query)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, Queries);
        return (int)_limits[query]..(int)_limits[query + 1];
    }
}
