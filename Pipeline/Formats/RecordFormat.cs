using System.Buffers;
using MemoryPack;

namespace Stickers.Pipeline.Formats;

/// <summary>What MemoryPack knows how to write.</summary>
internal sealed class RecordFormat<T> : IItemFormat<T>
{
    public RecordFormat()
    {
        try
        {
            _ = MemoryPackSerializer.Serialize(default(T));
        }
        catch (MemoryPackSerializationException unknown)
        {
            throw new InvalidOperationException($"{typeof(T)} cannot cross between processes: mark it [MemoryPackable] and partial, or override the job's PreparedFormat or ResultFormat.", unknown);
        }
    }

    public void Write(T item, IBufferWriter<byte> output) => MemoryPackSerializer.Serialize(output, item);

    public T Read(ReadOnlySpan<byte> bytes) => MemoryPackSerializer.Deserialize<T>(bytes)!;

    /// <remarks>Written to be measured: exact, and about as fast as copying it.</remarks>
    public long SizeOf(T item)
    {
        var count = new Counter();
        MemoryPackSerializer.Serialize(count, item);
        return count.Bytes;
    }

    private sealed class Counter : IBufferWriter<byte>
    {
        [ThreadStatic]
        private static byte[]? _scratch;

        public long Bytes { get; private set; }

        public void Advance(int count) => Bytes += count;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (_scratch is null || _scratch.Length < sizeHint) _scratch = new byte[Math.Max(sizeHint, 1 << 12)];
            return _scratch;
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
