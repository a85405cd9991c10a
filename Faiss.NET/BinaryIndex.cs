using Faiss.Interop;

namespace Faiss;

/// <summary>A Faiss index of binary vectors, compared by the number of bits that differ (Hamming distance).</summary>
/// <remarks>
/// <para>
/// n vectors of d bits are one row-major block of n x d/8 bytes; which bit is which does not matter, as long as it is always the same. Spans are
/// read or filled during the call and not kept.
/// </para>
/// <para>Threads and failures: see <see cref="VectorIndex"/>.</para>
/// </remarks>
public sealed class BinaryIndex : VectorIndex
{
    private BinaryIndex(IndexHandle handle) : base(handle, out _)
    {
    }

    private int Bytes => Dimension / 8;

    /// <summary>Builds an empty index.</summary>
    /// <param name="d">Bits of a vector, 8 to 65536 and a multiple of 8.</param>
    /// <param name="factory"><c>BFlat</c>, <c>BIVF1024</c>, <c>BIVF4096_HNSW32</c> or <c>BHNSW32</c>, with <c>IDMap2,</c> (or <c>IDMap,</c>) before it for ids of one's own; BIVF keeps ids itself.</param>
    /// <param name="efConstruction">Length of the candidate list while a graph is built, 1 to 4096; 0 keeps Faiss' 40.</param>
    /// <exception cref="FaissException">The string is not understood, or the kind is not offered.</exception>
    public static BinaryIndex Create(int d, string factory, int efConstruction = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(d, 8);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(d, 65536);
        if (d % 8 != 0)
            throw new ArgumentOutOfRangeException(nameof(d), d, "No multiple of 8.");
        ArgumentException.ThrowIfNullOrWhiteSpace(factory);
        ArgumentOutOfRangeException.ThrowIfNegative(efConstruction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(efConstruction, 4096);
        var parsed = FactoryString.ParseBinary(factory);
        Native.Check(Native.faissnet_binary_create(d, parsed.Inner, parsed.IdMap, efConstruction, out var handle));
        return new BinaryIndex(handle);
    }

    /// <summary>Reads an index file of Faiss 1.7 into memory, as <see cref="FaissIndex.Load(string)"/> does.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FaissException">The file is truncated or malformed (<see cref="FaissError.Corrupt"/>), or of a kind that is not offered.</exception>
    public static BinaryIndex Load(string path) => Load(path, map: false);

    /// <summary>Opens an index file without reading its inverted lists, read-only, as <see cref="FaissIndex.Map"/> does.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FaissException">As of <see cref="Load(string)"/>.</exception>
    public static BinaryIndex Map(string path) => Load(path, map: true);

    /// <summary>Reads an index from the rest of a stream, by way of a temporary file.</summary>
    /// <exception cref="FaissException">As of <see cref="Load(string)"/>.</exception>
    public static BinaryIndex Load(Stream stream) => SpooledFile.Use(stream, Load);

    /// <summary>Learns the lists of a BIVF index from a sample. Others need none.</summary>
    /// <param name="vectors">n x d/8 bytes, n at least the number of lists.</param>
    /// <param name="threads">OpenMP threads; 0 takes OpenMP's default.</param>
    /// <exception cref="ArgumentException">The length is not n x d/8, or 0.</exception>
    /// <exception cref="FaissException">Too few vectors, or the index already holds some.</exception>
    public void Train(ReadOnlySpan<byte> vectors, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var n = Rows.Count(vectors.Length, Bytes, nameof(vectors));
        if (n == 0)
            throw new ArgumentException("Training needs at least one vector.", nameof(vectors));
        Native.Check(Native.faissnet_binary_train(Handle, n, vectors, threads));
    }

    /// <summary>Adds n vectors under n ids. An id added twice is held twice.</summary>
    /// <param name="vectors">n x d/8 bytes.</param>
    /// <param name="ids">n ids of 0 or more.</param>
    /// <param name="threads">OpenMP threads; 0 takes OpenMP's default. A graph is the same every time only with 1.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other, or an id is negative.</exception>
    /// <exception cref="FaissException">The index is not trained, keeps no ids or is memory-mapped.</exception>
    public void AddWithIds(ReadOnlySpan<byte> vectors, ReadOnlySpan<long> ids, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var n = Rows.Count(vectors.Length, Bytes, nameof(vectors));
        Rows.CheckIds(n, ids);
        Native.Check(Native.faissnet_binary_add(Handle, n, vectors, ids, threads));
    }

    /// <summary>Adds n vectors under the ids Count, Count + 1, …</summary>
    /// <param name="vectors">n x d/8 bytes.</param>
    /// <param name="threads">OpenMP threads; 0 takes OpenMP's default.</param>
    /// <exception cref="ArgumentException">The length is not n x d/8.</exception>
    /// <exception cref="FaissException">The index is not trained, wants ids (IDMap) or is memory-mapped.</exception>
    public void Add(ReadOnlySpan<byte> vectors, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var n = Rows.Count(vectors.Length, Bytes, nameof(vectors));
        Native.Check(Native.faissnet_binary_add(Handle, n, vectors, default, threads));
    }

    /// <summary>Searches n queries.</summary>
    /// <param name="queries">n x d/8 bytes.</param>
    /// <param name="k">Neighbours per query, at least 1.</param>
    /// <param name="distances">Filled with n x k numbers of differing bits, nearest first.</param>
    /// <param name="ids">Filled with n x k ids; -1 where fewer than k were found (their distances mean nothing).</param>
    /// <param name="parameters">Settings of this call. With a selector, Flat and IVF use one thread.</param>
    /// <exception cref="ArgumentException">A length does not fit n, d and k.</exception>
    /// <exception cref="FaissException">The index is not trained.</exception>
    public void Search(ReadOnlySpan<byte> queries, int k, Span<int> distances, Span<long> ids, SearchParameters? parameters = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var n = Rows.Count(queries.Length, Bytes, nameof(queries));
        Rows.CheckResults(n, k, distances.Length, ids.Length);
        parameters ??= SearchParameters.Default;
        Native.Check(Native.faissnet_binary_search(Handle, n, queries, k, parameters.Checked(), parameters.SelectorHandle, distances, ids));
    }

    /// <summary>Adds all vectors of another BFlat or BIVF of the same training, as <see cref="FaissIndex.Merge"/> does.</summary>
    /// <exception cref="FaissException">The two differ in kind, dimension or training, or cannot merge.</exception>
    public void Merge(BinaryIndex other, long addToIds = 0)
    {
        ArgumentNullException.ThrowIfNull(other);
        Native.Check(Native.faissnet_binary_merge(Handle, other.Handle, addToIds));
    }

    /// <summary>Makes a BIVF index keep a table from id to place, so that <see cref="TryReconstruct"/> works. Other indexes need nothing.</summary>
    public void EnableReconstruct() => Native.Check(Native.faissnet_enable_reconstruct(Handle, sequential: 0));

    /// <summary>The stored vector of an id; false for an unknown one, and the span is then left alone.</summary>
    /// <param name="id">An id that was added.</param>
    /// <param name="vector">Filled with d/8 bytes.</param>
    /// <exception cref="ArgumentException">The length is not d/8.</exception>
    /// <exception cref="FaissException">The index cannot look ids up.</exception>
    public bool TryReconstruct(long id, Span<byte> vector)
    {
        if (vector.Length != Bytes)
            throw new ArgumentException($"A vector of the index has {Bytes} bytes, but the span has {vector.Length}.", nameof(vector));
        return Found(Native.faissnet_binary_reconstruct(Handle, id, vector));
    }

    private static BinaryIndex Load(string path, bool map)
    {
        RequireFile(path);
        Native.Check(Native.faissnet_binary_load(path, map ? 1 : 0, out var handle));
        return new BinaryIndex(handle);
    }
}
