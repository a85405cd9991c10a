using System.Diagnostics.CodeAnalysis;
using Faiss.Interop;

namespace Faiss;

/// <summary>A Faiss index of float32 vectors.</summary>
/// <remarks>
/// <para>
/// Faiss' memory contract: n vectors of dimension d are one row-major block of n x d floats, vector i at [i*d, (i+1)*d). Spans are read
/// or filled during the call and not kept. Every method checks the lengths before it goes down to native code.
/// </para>
/// <para>
/// Any number of threads may search and reconstruct at once. <see cref="Train"/>, the methods that add, <see cref="EnableReconstruct"/>
/// and <see cref="Save"/> need the index for themselves; nothing here enforces that. <see cref="Dispose"/> is safe at any time: calls in
/// flight finish, later ones throw <see cref="ObjectDisposedException"/>.
/// </para>
/// <para>Memory is the index's whole size; files are read into memory and not mapped.</para>
/// </remarks>
[SuppressMessage("Naming", "CA1724", Justification = "The root namespace is the library's own name.")]
public sealed class FaissIndex : IDisposable
{
    private readonly IndexHandle _handle;

    private FaissIndex(IndexHandle handle)
    {
        _handle = handle;
        Native.Check(Native.faissnet_info(handle, out var d, out var metric, out _, out _));
        Dimension = d;
        Metric = (MetricType)metric;
    }

    /// <summary>Vector length d.</summary>
    public int Dimension { get; }

    /// <summary>How vectors are compared.</summary>
    public MetricType Metric { get; }

    /// <summary>Number of vectors (Faiss: ntotal).</summary>
    /// <exception cref="ObjectDisposedException">The index was disposed.</exception>
    public long Count
    {
        get
        {
            Native.Check(Native.faissnet_info(_handle, out _, out _, out var count, out _));
            return count;
        }
    }

    /// <summary>Whether <see cref="Train"/> is done or not needed.</summary>
    /// <exception cref="ObjectDisposedException">The index was disposed.</exception>
    public bool IsTrained
    {
        get
        {
            Native.Check(Native.faissnet_info(_handle, out _, out _, out _, out var trained));
            return trained != 0;
        }
    }

    /// <summary>Builds an empty index from a factory string.</summary>
    /// <param name="d">Vector length, 1 to 65536.</param>
    /// <param name="factory">Faiss' description of an index, e.g. <c>IDMap2,Flat</c>, <c>IDMap2,HNSW32</c>, <c>IVF1024,SQ8</c>. FastScan (<c>PQ…x4fs</c>) is refused.</param>
    /// <param name="metric">How vectors are compared.</param>
    /// <exception cref="FaissException">Faiss does not understand the string, or it does not suit d.</exception>
    public static FaissIndex Create(int d, string factory, MetricType metric)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(d, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(d, 65536);
        ArgumentException.ThrowIfNullOrWhiteSpace(factory);
        if (metric is not (MetricType.InnerProduct or MetricType.L2))
            throw new ArgumentOutOfRangeException(nameof(metric), metric, "Inner product or L2.");
        Native.Check(Native.faissnet_create(d, factory, (int)metric, out var handle));
        return new FaissIndex(handle);
    }

    /// <summary>
    /// Reads an index file. Faiss checks little of what it reads: a crafted file can ask for any amount of memory, so open only files whose
    /// origin or hash you know.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FaissException">The file is truncated, malformed, or of a kind that is refused.</exception>
    public static FaissIndex Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"No index file at {path}.", path);
        Native.Check(Native.faissnet_load(path, out var handle));
        return new FaissIndex(handle);
    }

    /// <summary>Learns the index's structure (centroids, quantizers) from a sample.</summary>
    /// <param name="vectors">n x d values, n at least 1; IVF wants 30 or more per list.</param>
    /// <param name="threads">OpenMP threads; 0 takes OpenMP's default.</param>
    /// <exception cref="ArgumentException">The length is not n x d.</exception>
    /// <exception cref="FaissException">Too few vectors for this index.</exception>
    public void Train(ReadOnlySpan<float> vectors, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var n = RowsOf(vectors.Length, nameof(vectors));
        if (n == 0)
            throw new ArgumentException("Training needs at least one vector.", nameof(vectors));
        Native.Check(Native.faissnet_train(_handle, n, vectors, threads));
    }

    /// <summary>Adds n vectors under n ids. An id added twice is held twice.</summary>
    /// <param name="vectors">n x d values.</param>
    /// <param name="ids">n ids of 0 or more; Faiss keeps -1 for "none".</param>
    /// <param name="threads">OpenMP threads; 0 takes OpenMP's default. HNSW gives the same graph every time only with 1.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other, or an id is negative.</exception>
    /// <exception cref="FaissException">The index is not trained, or keeps no ids (a bare Flat or HNSW: put <c>IDMap2,</c> before it).</exception>
    public void AddWithIds(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var n = RowsOf(vectors.Length, nameof(vectors));
        if (ids.Length != n)
            throw new ArgumentException($"{n} vectors need {n} ids, but {ids.Length} were given.", nameof(ids));
        foreach (var id in ids)
        {
            if (id < 0)
                throw new ArgumentException($"The id {id} is negative.", nameof(ids));
        }

        if (n > 0)
            Native.Check(Native.faissnet_add(_handle, n, vectors, ids, threads));
    }

    /// <summary>Adds n vectors under the ids Count, Count + 1, …</summary>
    /// <param name="vectors">n x d values.</param>
    /// <param name="threads">OpenMP threads; 0 takes OpenMP's default.</param>
    /// <exception cref="ArgumentException">The length is not n x d.</exception>
    /// <exception cref="FaissException">The index is not trained, or wants ids (IDMap).</exception>
    public void Add(ReadOnlySpan<float> vectors, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var n = RowsOf(vectors.Length, nameof(vectors));
        if (n > 0)
            Native.Check(Native.faissnet_add(_handle, n, vectors, default, threads));
    }

    /// <summary>Searches n queries.</summary>
    /// <param name="queries">n x d values.</param>
    /// <param name="k">Neighbours per query, at least 1.</param>
    /// <param name="distances">Filled with n x k distances or inner products, nearest first.</param>
    /// <param name="ids">Filled with n x k ids; -1 where fewer than k were found (their distances mean nothing).</param>
    /// <param name="parameters">Settings of this call.</param>
    /// <exception cref="ArgumentException">A length does not fit n, d and k.</exception>
    /// <exception cref="FaissException">The index is not trained.</exception>
    public void Search(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids, SearchParameters? parameters = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var n = RowsOf(queries.Length, nameof(queries));
        if (distances.Length != (long)n * k)
            throw new ArgumentException($"{n} queries with k = {k} need {(long)n * k} distances, but {distances.Length} were given.", nameof(distances));
        if (ids.Length != (long)n * k)
            throw new ArgumentException($"{n} queries with k = {k} need {(long)n * k} ids, but {ids.Length} were given.", nameof(ids));
        var native = Checked(parameters ?? Defaults);
        if (n > 0)
            Native.Check(Native.faissnet_search(_handle, n, queries, k, native, distances, ids));
    }

    /// <summary>
    /// Makes an IVF index keep a table from id to place, so that <see cref="Reconstruct"/> works; it costs about 50 bytes per vector and is
    /// saved with the index. Call it before adding. Other indexes need nothing.
    /// </summary>
    public void EnableReconstruct() => Native.Check(Native.faissnet_enable_reconstruct(_handle));

    /// <summary>The stored vector of an id: exact for Flat and HNSW, rounded for quantized indexes (SQ, PQ).</summary>
    /// <param name="id">An id that was added.</param>
    /// <param name="vector">Filled with d values.</param>
    /// <exception cref="ArgumentException">The length is not d.</exception>
    /// <exception cref="FaissException">The id is unknown (<see cref="FaissError.NotFound"/>) or the index cannot look ids up.</exception>
    public void Reconstruct(long id, Span<float> vector)
    {
        if (vector.Length != Dimension)
            throw new ArgumentException($"The index has {Dimension} dimensions, but the span has {vector.Length}.", nameof(vector));
        Native.Check(Native.faissnet_reconstruct(_handle, id, vector));
    }

    /// <summary>As <see cref="Reconstruct"/>, but false for an unknown id; the span is then left alone.</summary>
    /// <exception cref="ArgumentException">The length is not d.</exception>
    /// <exception cref="FaissException">The index cannot look ids up.</exception>
    public bool TryReconstruct(long id, Span<float> vector)
    {
        if (vector.Length != Dimension)
            throw new ArgumentException($"The index has {Dimension} dimensions, but the span has {vector.Length}.", nameof(vector));
        var status = Native.faissnet_reconstruct(_handle, id, vector);
        if (status == (int)FaissError.NotFound)
            return false;
        Native.Check(status);
        return true;
    }

    /// <summary>Writes the index file. This is not atomic: write beside the target and rename.</summary>
    /// <exception cref="FaissException">The file cannot be written completely.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Native.Check(Native.faissnet_save(_handle, path));
    }

    /// <summary>Frees the native index once no call is in flight.</summary>
    public void Dispose() => _handle.Dispose();

    private static readonly SearchParameters Defaults = new();

    private static NativeSearchParameters Checked(SearchParameters p)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(p.NProbe);
        ArgumentOutOfRangeException.ThrowIfNegative(p.EfSearch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(p.EfSearch, SearchParameters.MaxEfSearch);
        ArgumentOutOfRangeException.ThrowIfNegative(p.Threads);
        return new NativeSearchParameters { NProbe = p.NProbe, EfSearch = p.EfSearch, Threads = p.Threads };
    }

    private int RowsOf(int length, string name) => length % Dimension == 0
        ? length / Dimension
        : throw new ArgumentException($"{length} values are no whole number of vectors of {Dimension} dimensions.", name);
}
