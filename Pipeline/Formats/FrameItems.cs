using System.Buffers.Binary;

namespace Stickers.Pipeline.Formats;

/// <summary>Reads what <see cref="FrameBuffer.Add"/> wrote.</summary>
internal static class FrameItems
{
    /// <summary>The bytes of each item, in order.</summary>
    /// <exception cref="InvalidDataException">The lengths do not fit the frame.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> Split(FrameHeader header, ReadOnlyMemory<byte> frame)
    {
        var rest = frame[FrameHeader.Size..];
        for (var i = 0; i < header.Items; i++)
        {
            var length = rest.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
            if (length < 0 || length > rest.Length - sizeof(int)) throw new InvalidDataException($"Item {i} of {header.Items} in frame {header.Sequence} of shard {header.Shard} is said to have {length} bytes; {rest.Length} are left.");
            yield return rest.Slice(sizeof(int), length);
            rest = rest[(sizeof(int) + length)..];
        }

        if (rest.Length > 0) throw new InvalidDataException($"{rest.Length} bytes follow the {header.Items} items in frame {header.Sequence} of shard {header.Shard}.");
    }
}
