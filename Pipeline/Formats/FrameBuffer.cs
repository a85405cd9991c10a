using System.Buffers;
using System.Buffers.Binary;
using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Formats;

/// <summary>Writes one frame after the other, each into memory that an edge sends as it is.</summary>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    /// <summary>Length from which a frame is full: items share one, because each costs several switches between threads.</summary>
    public const int FullBytes = 1 << 20;

    // With room for the item that fills it.
    private const int Room = FullBytes + (64 << 10);

    private OutgoingFrame? _frame;
    private int _length = FrameHeader.Size;

    /// <summary>Items written so far.</summary>
    public int Items { get; private set; }

    /// <summary>Bytes so far, the header included.</summary>
    public int Length => _length;

    public void Add<T>(T item, IItemFormat<T> format)
    {
        var start = _length;
        GetSpan(sizeof(int));
        Advance(sizeof(int));
        format.Write(item, this);
        BinaryPrimitives.WriteInt32LittleEndian(_frame!.GetSpan()[start..], _length - start - sizeof(int));
        Items++;
    }

    /// <summary>The finished frame, to be sent or released; the next one begins.</summary>
    public OutgoingFrame Finish(FrameKind kind, int shard, int sequence)
    {
        GetSpan();
        var frame = _frame!;
        new FrameHeader(kind, shard, sequence, Items, _length - FrameHeader.Size).Write(frame.GetSpan());
        frame.Length = _length;
        (_frame, _length, Items) = (null, FrameHeader.Size, 0);
        return frame;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, (_frame?.Capacity ?? _length) - _length);
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => WithRoom(sizeHint).Memory[_length..];

    public Span<byte> GetSpan(int sizeHint = 0) => WithRoom(sizeHint).GetSpan()[_length..];

    private OutgoingFrame WithRoom(int sizeHint)
    {
        var wanted = (long)_length + Math.Max(sizeHint, 1);
        _frame ??= new OutgoingFrame(Room);
        if (_frame.Capacity < wanted) _frame.Resize((int)Math.Min(Array.MaxLength, Math.Max(2L * _frame.Capacity, wanted)));
        return _frame;
    }
}
