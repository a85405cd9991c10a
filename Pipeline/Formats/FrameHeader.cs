using System.Buffers.Binary;

namespace Stickers.Pipeline.Formats;

/// <summary>What a frame between two stages holds.</summary>
[Flags]
internal enum FrameKind : ushort
{
    /// <summary>Items of the shard, each as its length (int32) and its bytes.</summary>
    Items = 0,

    /// <summary>The first frame of a shard: what it is (<see cref="ShardBegin"/> as JSON).</summary>
    Begin = 1,

    /// <summary>The last frame of a shard: what must have arrived (<see cref="ShardEnd"/> as JSON).</summary>
    End = 2,

    /// <summary>Rows in quarantine, each as its length (int32) and JSON.</summary>
    Quarantine = 4,
}

/// <summary>
/// The first 24 bytes of every frame between two stages, little-endian: magic <c>STKF</c>, version (uint16), kind (uint16), shard (int32), sequence
/// number within the shard (int32, from 0), number of items or rows (int32), bytes that follow (int32).
/// </summary>
internal readonly record struct FrameHeader(FrameKind Kind, int Shard, int Sequence, int Items, int PayloadBytes)
{
    public const int Size = 24;

    private const uint Magic = 0x464B5453; // "STKF"
    private const ushort Version = 1;

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], (ushort)Kind);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], Shard);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], Items);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[20..], PayloadBytes);
    }

    /// <exception cref="InvalidDataException">This is no whole frame of this version.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < Size) throw new InvalidDataException($"A frame of {frame.Length} bytes; expected {Size} or more.");
        if (BinaryPrimitives.ReadUInt32LittleEndian(frame) != Magic) throw new InvalidDataException("A frame that does not begin with STKF.");
        if (BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]) is not Version and var version)
            throw new InvalidDataException($"A frame of version {version}, expected {Version}: all ranks must run the same program.");
        var header = new FrameHeader(
            (FrameKind)BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]),
            BinaryPrimitives.ReadInt32LittleEndian(frame[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(frame[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(frame[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(frame[20..]));
        if (header.Kind is not (FrameKind.Items or FrameKind.Begin or FrameKind.End or FrameKind.Quarantine)) throw new InvalidDataException($"A frame of the unknown kind {(ushort)header.Kind}.");
        if (header.PayloadBytes != frame.Length - Size) throw new InvalidDataException($"A frame that says {header.PayloadBytes} bytes follow; there are {frame.Length - Size}.");
        return header;
    }
}
