using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Stickers.Pipeline.Formats;

/// <summary>A struct without references, as it lies in memory. All ranks run the same program on the same kind of machine.</summary>
internal sealed class StructFormat<T> : IItemFormat<T>
{
    public void Write(T item, IBufferWriter<byte> output)
    {
        var size = Unsafe.SizeOf<T>();
        Unsafe.WriteUnaligned(ref MemoryMarshal.GetReference(output.GetSpan(size)), item);
        output.Advance(size);
    }

    public T Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Unsafe.SizeOf<T>()) throw new InvalidDataException($"{bytes.Length} bytes are no {typeof(T).Name}, which has {Unsafe.SizeOf<T>()}.");
        return Unsafe.ReadUnaligned<T>(ref MemoryMarshal.GetReference(bytes));
    }

    public long SizeOf(T item) => Unsafe.SizeOf<T>();
}
