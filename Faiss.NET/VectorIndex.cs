using Faiss.Interop;

namespace Faiss;

/// <summary>What indexes of float32 vectors (<see cref="FaissIndex"/>) and of binary ones (<see cref="BinaryIndex"/>) have in common.</summary>
/// <remarks>
/// <para>
/// Any number of threads may search and reconstruct at once. What trains, adds, removes, merges, makes a table of ids or saves needs the index for itself;
/// nothing here enforces that. <see cref="Dispose"/> is safe at any time: calls in flight finish, later ones throw <see cref="ObjectDisposedException"/>.
/// </para>
/// <para>What Faiss refuses or cannot do is a <see cref="FaissException"/> that says which (<see cref="FaissException.Error"/>).</para>
/// </remarks>
public abstract class VectorIndex : IDisposable
{
    private readonly IndexHandle _handle;

    private protected VectorIndex(IndexHandle handle, out MetricType metric)
    {
        _handle = handle;
        Native.Check(Native.faissnet_info(handle, out var d, out metric, out _, out _, out var mapped));
        Dimension = d;
        IsReadOnly = mapped != 0;
    }

    /// <summary>Vector length d: numbers of a float vector, bits of a binary one.</summary>
    public int Dimension { get; }

    /// <summary>Whether the index is mapped from a file, and so cannot be changed or saved.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Number of vectors (Faiss: ntotal).</summary>
    /// <exception cref="ObjectDisposedException">The index was disposed.</exception>
    public long Count
    {
        get
        {
            Native.Check(Native.faissnet_info(Handle, out _, out _, out var count, out _, out _));
            return count;
        }
    }

    /// <summary>Whether training is done or not needed.</summary>
    /// <exception cref="ObjectDisposedException">The index was disposed.</exception>
    public bool IsTrained
    {
        get
        {
            Native.Check(Native.faissnet_info(Handle, out _, out _, out _, out var trained, out _));
            return trained != 0;
        }
    }

    private protected IndexHandle Handle
    {
        get
        {
            _handle.ThrowIfDisposed(this);
            return _handle;
        }
    }

    /// <summary>Removes the vectors whose id is selected. It looks at every id once. In an index without ids those behind move up.</summary>
    /// <param name="selector">Which ids.</param>
    /// <param name="threads">OpenMP threads; 0 takes OpenMP's default.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="FaissException">
    /// The index cannot (<see cref="FaissError.Unsupported"/>): HNSW, refinement, IDMap around IVF, memory-mapped.
    /// </exception>
    public long Remove(IdSelector selector, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        Native.Check(Native.faissnet_remove(Handle, selector.Handle, threads, out var removed));
        return removed;
    }

    /// <summary>Removes the vectors that have one of these ids; ids that nobody has are ignored.</summary>
    /// <returns>How many were removed.</returns>
    /// <exception cref="FaissException">As of <see cref="Remove(IdSelector, int)"/>.</exception>
    public long Remove(ReadOnlySpan<long> ids, int threads = 0)
    {
        using var selector = IdSelector.Batch(ids);
        return Remove(selector, threads);
    }

    /// <summary>Writes the index file. This is not atomic: write beside the target and rename.</summary>
    /// <exception cref="FaissException">The file cannot be written completely, or the index is memory-mapped.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Native.Check(Native.faissnet_save(Handle, path));
    }

    /// <summary>Writes the index file to a stream, which needs not be seekable. What the stream throws comes out as it is.</summary>
    /// <exception cref="FaissException">The index is memory-mapped.</exception>
    public unsafe void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        StreamSink.Run(stream, state => Native.faissnet_save_to(Handle, StreamSink.Callback, state));
    }

    /// <summary>Frees the native index once no call is in flight.</summary>
    public void Dispose()
    {
        _handle.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static void RequireFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"No index file at {path}.", path);
    }

    /// <summary>Whether a vector was found, of the status of looking it up.</summary>
    private protected static bool Found(int status)
    {
        if (status == (int)FaissError.NotFound)
            return false;
        Native.Check(status);
        return true;
    }
}
