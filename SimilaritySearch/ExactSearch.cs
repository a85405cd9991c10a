using System.Numerics.Tensors;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch;

/// <summary>
/// Exact nearest neighbours by inner product for a fixed set of queries, over vectors that pass by in batches and are not kept. This is the
/// truth that indexes are measured against, so it shares no code with them. Memory is queries x k.
/// </summary>
public sealed class ExactSearch
{
    private readonly float[] _queries;
    private readonly int _d;
    private readonly SearchHit[][] _best;
    private readonly int[] _found;

    /// <summary>Starts with no vectors seen.</summary>
    /// <param name="queries">Row-major, whole rows of d values.</param>
    /// <param name="d">Vector length, at least 1.</param>
    /// <param name="k">Neighbours to keep per query, at least 1.</param>
    /// <exception cref="ArgumentException">The queries are no whole number of rows.</exception>
    public ExactSearch(ReadOnlySpan<float> queries, int d, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(d, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (queries.Length % d != 0)
            throw new ArgumentException($"{queries.Length} values are no whole number of vectors of {d} dimensions.", nameof(queries));
        _queries = queries.ToArray();
        _d = d;
        _best = new SearchHit[queries.Length / d][];
        for (var q = 0; q < _best.Length; q++)
            _best[q] = new SearchHit[k];
        _found = new int[_best.Length];
    }

    /// <summary>Number of queries.</summary>
    public int Count => _best.Length;

    /// <summary>Compares one more vector with every query.</summary>
    /// <exception cref="ArgumentException">The vector is not of d values.</exception>
    public void Add(StickerId id, ReadOnlySpan<float> vector)
    {
        if (vector.Length != _d)
            throw new ArgumentException($"The queries have {_d} dimensions, but the vector has {vector.Length}.", nameof(vector));
        for (var q = 0; q < _best.Length; q++)
            Offer(q, new SearchHit(id, TensorPrimitives.Dot(vector, _queries.AsSpan(q * _d, _d))));
    }

    /// <summary>Compares more vectors with every query.</summary>
    /// <param name="ids">n stickers.</param>
    /// <param name="vectors">Row-major, n x d values.</param>
    /// <param name="threads">Threads to use; 0 for all cores.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public void Add(IReadOnlyList<StickerId> ids, ReadOnlyMemory<float> vectors, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (vectors.Length != (long)ids.Count * _d)
            throw new ArgumentException($"{ids.Count} vectors of {_d} dimensions are expected, but {vectors.Length} values were given.", nameof(vectors));
        Parallel.For(0, _best.Length, new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : -1 }, q =>
        {
            var query = _queries.AsSpan(q * _d, _d);
            for (var row = 0; row < ids.Count; row++)
                Offer(q, new SearchHit(ids[row], TensorPrimitives.Dot(vectors.Span.Slice(row * _d, _d), query)));
        });
    }

    /// <summary>The k nearest of all vectors seen so far (fewer when fewer were seen), best first; equal scores by id.</summary>
    public ReadOnlySpan<SearchHit> Nearest(int query) => _best[query].AsSpan(0, _found[query]);

    /// <summary>Takes in a vector whose score with one query is known.</summary>
    public void Offer(int query, SearchHit hit)
    {
        var best = _best[query];
        var n = _found[query];
        if (n == best.Length && !Before(hit, best[n - 1]))
            return;
        var i = n == best.Length ? n - 1 : n;
        for (; i > 0 && Before(hit, best[i - 1]); i--)
            best[i] = best[i - 1];
        best[i] = hit;
        _found[query] = Math.Min(n + 1, best.Length);
    }

    private static bool Before(SearchHit a, SearchHit b) => a.Score > b.Score || (a.Score == b.Score && a.Id.Value < b.Id.Value);
}
