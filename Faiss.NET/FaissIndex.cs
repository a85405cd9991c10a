using System.Diagnostics.CodeAnalysis;
using Faiss.Interop;

namespace Faiss;

/// <summary>A Faiss index of float32 vectors.</summary>
/// <remarks>
/// <para>
/// Faiss' memory contract: n vectors of dimension d are one row-major block of n x d floats, vector i at [i*d, (i+1)*d). Spans are read
/// or filled during the call and not kept. Every method checks lengths, and that values are finite, before it goes down to native code.
/// </para>
/// <para>Threads and failures: see <see cref="VectorIndex"/>.</para>
/// </remarks>
[SuppressMessage("Naming", "CA1724", Justification = "The root namespace is the library's own name.")]
public sealed partial class FaissIndex : VectorIndex
{
    private FaissIndex(IndexHandle handle) : base(handle, out var metric) => Metric = metric;

    /// <summary>How vectors are compared.</summary>
    public MetricType Metric { get; }

    /// <summary>Builds an empty index from a factory string.</summary>
    /// <param name="d">Vector length, 1 to 65536.</param>
    /// <param name="factory">
    /// Faiss' description of an index: optionally <c>IDMap2,</c> (or <c>IDMap,</c>), transforms (<c>PCA64,</c> <c>OPQ16,</c> <c>RR32,</c> <c>L2norm,</c> <c>Pad256,</c>), one of
    /// <c>Flat</c>, <c>SQ8</c> (<c>SQ4</c>, <c>SQ6</c>, <c>SQfp16</c>), <c>PQ16</c>, <c>HNSW32</c> or <c>IVF1024,</c> (<c>IVF4096_HNSW32,</c>) with one of these codes, and optionally
    /// <c>,RFlat</c> or <c>,Refine(SQ8)</c>. The id map is always outermost. Write <c>PQ16np</c> inside IVF: without <c>np</c> Faiss spends most of
    /// its training on a reordering that only polysemous search uses.
    /// </param>
    /// <param name="metric">How vectors are compared.</param>
    /// <param name="efConstruction">Length of the candidate list while an HNSW graph is built, 1 to 4096: longer finds better links, slower. 0 keeps Faiss' 40.</param>
    /// <exception cref="FaissException">
    /// The string is not understood or does not suit d (<see cref="FaissError.InvalidArgument"/>), or the kind is not offered
    /// (<see cref="FaissError.Unsupported"/>), such as FastScan (<c>PQ…x4fs</c>).
    /// </exception>
    public static FaissIndex Create(int d, string factory, MetricType metric, int efConstruction = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(d, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(d, 65536);
        ArgumentException.ThrowIfNullOrWhiteSpace(factory);
        if (metric is not (MetricType.InnerProduct or MetricType.L2))
            throw new ArgumentOutOfRangeException(nameof(metric), metric, "Inner product or L2.");
        ArgumentOutOfRangeException.ThrowIfNegative(efConstruction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(efConstruction, 4096);
        var parsed = FactoryString.Parse(factory, d);
        Native.Check(Native.faissnet_create(d, parsed.Inner, metric, parsed.IdMap, efConstruction, out var handle));
        return new FaissIndex(handle);
    }

    /// <summary>Learns the index's structure (centroids, quantizers) from a sample. Reproducible: the same sample gives the same structure.</summary>
    /// <param name="vectors">n x d values, n at least 1; IVF wants 30 or more per list.</param>
    /// <param name="threads">OpenMP threads; 0 takes OpenMP's default.</param>
    /// <exception cref="ArgumentException">The length is not n x d, or a value is not finite.</exception>
    /// <exception cref="FaissException">Too few vectors for this index, or it already holds some.</exception>
    public void Train(ReadOnlySpan<float> vectors, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var n = Rows.Count(vectors, Dimension, nameof(vectors));
        if (n == 0)
            throw new ArgumentException("Training needs at least one vector.", nameof(vectors));
        Native.Check(Native.faissnet_train(Handle, n, vectors, threads));
    }

    /// <summary>Adds n vectors under n ids. An id added twice is held twice.</summary>
    /// <param name="vectors">n x d values.</param>
    /// <param name="ids">n ids of 0 or more; Faiss keeps -1 for "none".</param>
    /// <param name="threads">OpenMP threads; 0 takes OpenMP's default. HNSW gives the same graph every time only with 1.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other, a value is not finite, or an id is negative.</exception>
    /// <exception cref="FaissException">
    /// The index is not trained, keeps no ids (a bare Flat or HNSW: put <c>IDMap2,</c> before it) or is memory-mapped.
    /// </exception>
    public void AddWithIds(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var n = Rows.Count(vectors, Dimension, nameof(vectors));
        Rows.CheckIds(n, ids);
        Native.Check(Native.faissnet_add(Handle, n, vectors, ids, threads));
    }

    /// <summary>Adds n vectors under the ids Count, Count + 1, …</summary>
    /// <param name="vectors">n x d values.</param>
    /// <param name="threads">OpenMP threads; 0 takes OpenMP's default.</param>
    /// <exception cref="ArgumentException">The length is not n x d, or a value is not finite.</exception>
    /// <exception cref="FaissException">The index is not trained, wants ids (IDMap) or is memory-mapped.</exception>
    public void Add(ReadOnlySpan<float> vectors, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var n = Rows.Count(vectors, Dimension, nameof(vectors));
        Native.Check(Native.faissnet_add(Handle, n, vectors, default, threads));
    }

    /// <summary>
    /// Adds all vectors of another index of the same kind and training, behind one's own and in their order, without coding them again. The other
    /// stays as it is and may be memory-mapped.
    /// </summary>
    /// <param name="other">Made by loading a copy of the same trained index, or untrainable (Flat).</param>
    /// <param name="addToIds">Is added to each of its ids; 0 where both chose their ids.</param>
    /// <exception cref="FaissException">
    /// The two differ in kind, dimension, metric or training (<see cref="FaissError.InvalidArgument"/>), or the kind cannot merge (<see cref="FaissError.Unsupported"/>): HNSW.
    /// </exception>
    public void Merge(FaissIndex other, long addToIds = 0)
    {
        ArgumentNullException.ThrowIfNull(other);
        Native.Check(Native.faissnet_merge(Handle, other.Handle, addToIds));
    }
}
