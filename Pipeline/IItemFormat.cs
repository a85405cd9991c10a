using System.Buffers;

namespace Stickers.Pipeline;

/// <summary>How an item crosses from one process to another. Must be thread-safe.</summary>
/// <typeparam name="T">The item.</typeparam>
public interface IItemFormat<T>
{
    /// <summary>Writes one item. Its length need not be written: the reader gets exactly these bytes.</summary>
    void Write(T item, IBufferWriter<byte> output);

    /// <summary>Reads what <see cref="Write"/> wrote. The bytes are not there afterwards: copy what is kept.</summary>
    T Read(ReadOnlySpan<byte> bytes);

    /// <summary>About how many bytes the item takes in memory, 0 or more. Queues are bounded by this, also where nothing is written.</summary>
    long SizeOf(T item);
}
