using System.Buffers;

namespace Stickers.Pipeline.Formats;

/// <summary>Rows in quarantine as JSON.</summary>
internal sealed class QuarantineFormat : IItemFormat<QuarantinedItem>
{
    public static QuarantineFormat Instance { get; } = new();

    public void Write(QuarantinedItem item, IBufferWriter<byte> output) => output.Write(FrameJson.Write(item));

    public QuarantinedItem Read(ReadOnlySpan<byte> bytes) => FrameJson.Read<QuarantinedItem>(bytes);

    public long SizeOf(QuarantinedItem item) => 2L * (item.Key.Length + item.ErrorClass.Length + item.Reason.Length);
}
