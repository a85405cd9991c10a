using System.Buffers;

namespace Stickers.Pipeline.Formats;

/// <summary>Bytes as they are.</summary>
internal sealed class BytesFormat : IItemFormat<byte[]>
{
    public void Write(byte[] item, IBufferWriter<byte> output) => output.Write(item);

    public byte[] Read(ReadOnlySpan<byte> bytes) => bytes.ToArray();

    public long SizeOf(byte[] item) => item.Length;
}
