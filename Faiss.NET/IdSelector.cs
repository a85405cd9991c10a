using Faiss.Interop;

namespace Faiss;

/// <summary>
/// A set of ids: which vectors a search may return, or which to remove. It means the ids that were given when adding; in an index that keeps
/// none, the positions 0, 1, … Immutable, thread-safe, and reusable in any number of calls.
/// </summary>
/// <remarks>
/// An HNSW search visits the graph as ever and drops what is not selected. Where less than about one in a hundred is selected it finds too few:
/// compare those few yourself instead.
/// </remarks>
public sealed class IdSelector : IDisposable
{
    private readonly SelectorHandle _handle;

    private IdSelector(SelectorHandle handle) => _handle = handle;

    internal SelectorHandle Handle
    {
        get
        {
            _handle.ThrowIfDisposed(this);
            return _handle;
        }
    }

    /// <summary>The ids from <paramref name="first"/> up to but not including <paramref name="end"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range ends before it begins.</exception>
    public static IdSelector Range(long first, long end)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(end, first);
        Native.Check(Native.faissnet_selector_range(first, end, out var handle));
        return new IdSelector(handle);
    }

    /// <summary>The given ids, in any order, repeated or not. They are kept in a hash table: about 50 bytes each.</summary>
    public static IdSelector Batch(ReadOnlySpan<long> ids)
    {
        Native.Check(Native.faissnet_selector_batch(ids.Length, ids, out var handle));
        return new IdSelector(handle);
    }

    /// <summary>The ids whose bit is set: id i is bit i % 8, from the lowest, of byte i / 8. Ids beyond the bitmap are not selected. The bytes are copied.</summary>
    public static IdSelector Bitmap(ReadOnlySpan<byte> bits)
    {
        Native.Check(Native.faissnet_selector_bitmap(bits.Length, bits, out var handle));
        return new IdSelector(handle);
    }

    /// <summary>All ids that another selector does not select. The other one may be disposed.</summary>
    public static IdSelector Not(IdSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        Native.Check(Native.faissnet_selector_not(selector.Handle, out var handle));
        return new IdSelector(handle);
    }

    /// <summary>The ids that both select. The two may be disposed.</summary>
    public static IdSelector And(IdSelector first, IdSelector second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        Native.Check(Native.faissnet_selector_and(first.Handle, second.Handle, out var handle));
        return new IdSelector(handle);
    }

    /// <summary>Frees it once no call and no other selector uses it.</summary>
    public void Dispose() => _handle.Dispose();
}
