using System.Buffers;
using System.Buffers.Binary;

namespace Stickers.Pipeline.Formats;

/// <summary>A frame being written. The memory is used again for the next one.</summary>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    // After an unusually large item its memory is given up.
    private const int Kept = 1 << 20;

    private byte[] _bytes = new byte[1 << 17];
    private int _length = FrameHeader.Size;

    /// <summary>Items written so far.</summary>
    public int Items { get; private set; }

    /// <summary>Bytes so far, the header included.</summary>
    public int Length => _length;

    public void Add<T>(T item, IItemFormat<T> format)
    {
        var start = _length;
        Advance(GetSpan(sizeof(int))[..sizeof(int)].Length);
        format.Write(item, this);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(start), _length - start - sizeof(int));
        Items++;
    }

    /// <summary>The finished frame, valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Finish(FrameKind kind, int shard, int sequence)
    {
        new FrameHeader(kind, shard, sequence, Items, _length - FrameHeader.Size).Write(_bytes);
        return _bytes.AsMemory(0, _length);
    }

    public void Clear()
    {
        if (_bytes.Length > Kept) _bytes = new byte[1 << 17];
        _length = FrameHeader.Size;
        Items = 0;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _length);
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var wanted = Math.Max(sizeHint, 1);
        if (_bytes.Length - _length < wanted) Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(2L * _bytes.Length, (long)_length + wanted)));
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
