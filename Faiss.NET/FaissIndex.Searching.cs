using Faiss.Interop;

namespace Faiss;

public sealed partial class FaissIndex
{
    /// <summary>Searches n queries.</summary>
    /// <param name="queries">n x d values.</param>
    /// <param name="k">Neighbours per query, at least 1.</param>
    /// <param name="distances">Filled with n x k distances or inner products, nearest first.</param>
    /// <param name="ids">Filled with n x k ids; -1 where fewer than k were found (their distances mean nothing).</param>
    /// <param name="parameters">Settings of this call.</param>
    /// <exception cref="ArgumentException">A length does not fit n, d and k, or a value is not finite.</exception>
    /// <exception cref="FaissException">The index is not trained, or its kind takes no selector (a bare PQ).</exception>
    public void Search(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids, SearchParameters? parameters = null) =>
        Ask(queries, k, distances, ids, default, parameters);

    /// <summary>
    /// As <see cref="Search"/>, and gives what is stored of each result: of an IVF index without selector much cheaper than looking each up. With one, or an HNSW quantizer, it needs
    /// <see cref="EnableReconstruct"/>.
    /// </summary>
    /// <param name="queries">n x d values.</param>
    /// <param name="k">Neighbours per query, at least 1.</param>
    /// <param name="distances">Filled with n x k distances or inner products, nearest first.</param>
    /// <param name="ids">Filled with n x k ids; -1 where fewer than k were found (their distances mean nothing).</param>
    /// <param name="vectors">Filled with n x k x d values: exact for Flat and HNSW, rounded for quantized indexes (SQ, PQ); NaN where fewer than k were found.</param>
    /// <param name="parameters">Settings of this call.</param>
    /// <exception cref="ArgumentException">A length does not fit n, d and k, or a value is not finite.</exception>
    /// <exception cref="FaissException">The index is not trained, or its kind takes no selector (a bare PQ).</exception>
    public void SearchAndReconstruct(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids, Span<float> vectors, SearchParameters? parameters = null)
    {
        if (vectors.Length != (long)distances.Length * Dimension)
            throw new ArgumentException($"{distances.Length} results of {Dimension} dimensions need {(long)distances.Length * Dimension} values, but {vectors.Length} were given.", nameof(vectors));
        Ask(queries, k, distances, ids, vectors, parameters);
    }

    private void Ask(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids, Span<float> vectors, SearchParameters? parameters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var n = Rows.Count(queries, Dimension, nameof(queries));
        Rows.CheckResults(n, k, distances.Length, ids.Length);
        parameters ??= SearchParameters.Default;
        Native.Check(Native.faissnet_search(Handle, n, queries, k, parameters.Checked(), parameters.SelectorHandle, distances, ids, vectors));
    }

    /// <summary>Finds all vectors within a radius of each of n queries. There is no bound on how many: choose the radius with care.</summary>
    /// <param name="queries">n x d values.</param>
    /// <param name="radius">Squared distances below, or inner products above, are found.</param>
    /// <param name="parameters">Settings of this call; IVF finds only what lies in the lists it visits.</param>
    /// <exception cref="ArgumentException">The length is not n x d, or a value is not finite.</exception>
    /// <exception cref="FaissException">The index is not trained, or neither Flat nor IVF (<see cref="FaissError.Unsupported"/>).</exception>
    public RangeSearchResult RangeSearch(ReadOnlySpan<float> queries, float radius, SearchParameters? parameters = null)
    {
        if (float.IsNaN(radius))
            throw new ArgumentOutOfRangeException(nameof(radius), radius, "The radius is no number.");
        var n = Rows.Count(queries, Dimension, nameof(queries));
        parameters ??= SearchParameters.Default;
        Native.Check(Native.faissnet_range_search(Handle, n, queries, radius, parameters.Checked(), parameters.SelectorHandle, out var ranges, out var total));
        using (ranges)
        {
            if (total > Array.MaxLength)
                throw new FaissException(FaissError.OutOfMemory, $"{total} results are more than an array holds: ask fewer queries at once, or a smaller radius.");
            var (limits, distances, ids) = (new long[n + 1], new float[total], new long[total]);
            Native.Check(Native.faissnet_ranges_copy(ranges, limits, distances, ids));
            return new RangeSearchResult(limits, distances, ids);
        }
    }

    /// <summary>
    /// Makes an IVF index keep a table from id to place, so that <see cref="Reconstruct(long, Span{float})"/> works; it costs about 50 bytes per vector and is
    /// saved with the index. Other indexes need nothing.
    /// </summary>
    /// <param name="sequential">
    /// Whether the ids are exactly 0 to <see cref="VectorIndex.Count"/> - 1 and no vector will be added any more: then the table costs 8 bytes per vector, and looking up is twice as fast.
    /// </param>
    /// <exception cref="FaissException"><paramref name="sequential"/> is said of ids that are not.</exception>
    public void EnableReconstruct(bool sequential = false) => Native.Check(Native.faissnet_enable_reconstruct(Handle, sequential ? 1 : 0));

    /// <summary>The stored vector of an id: exact for Flat and HNSW, rounded for quantized indexes (SQ, PQ).</summary>
    /// <param name="id">An id that was added.</param>
    /// <param name="vector">Filled with d values.</param>
    /// <exception cref="ArgumentException">The length is not d.</exception>
    /// <exception cref="FaissException">The id is unknown (<see cref="FaissError.NotFound"/>) or the index cannot look ids up.</exception>
    public void Reconstruct(long id, Span<float> vector) => Native.Check(TryLookUp(id, vector));

    /// <summary>The stored vectors of many ids: much faster than one after the other, because while one is copied the next are fetched from memory.</summary>
    /// <param name="ids">n ids that were added, in any order.</param>
    /// <param name="vectors">Filled with n x d values.</param>
    /// <exception cref="ArgumentException">The length is not n x d.</exception>
    /// <exception cref="FaissException">An id is unknown (<see cref="FaissError.NotFound"/>) or the index cannot look ids up.</exception>
    public void Reconstruct(ReadOnlySpan<long> ids, Span<float> vectors)
    {
        if (vectors.Length != (long)ids.Length * Dimension)
            throw new ArgumentException($"{ids.Length} vectors of {Dimension} dimensions need {(long)ids.Length * Dimension} values, but {vectors.Length} were given.", nameof(vectors));
        Native.Check(Native.faissnet_reconstruct(Handle, ids.Length, ids, vectors));
    }

    /// <summary>As <see cref="Reconstruct(long, Span{float})"/>, but false for an unknown id; the span is then left alone.</summary>
    /// <exception cref="ArgumentException">The length is not d.</exception>
    /// <exception cref="FaissException">The index cannot look ids up.</exception>
    public bool TryReconstruct(long id, Span<float> vector) => Found(TryLookUp(id, vector));

    private int TryLookUp(long id, Span<float> vector)
    {
        if (vector.Length != Dimension)
            throw new ArgumentException($"The index has {Dimension} dimensions, but the span has {vector.Length}.", nameof(vector));
        return Native.faissnet_reconstruct(Handle, 1, new ReadOnlySpan<long>(in id), vector);
    }
}
