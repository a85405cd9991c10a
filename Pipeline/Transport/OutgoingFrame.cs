using System.Buffers;
using System.Runtime.InteropServices;

namespace Stickers.Pipeline.Transport;

/// <summary>
/// A frame being written, in native memory that an edge can send as it is: the message's header has room before it. Not thread-safe. There is no
/// finalizer, which could free the bytes under a span: whoever makes a frame sends or releases it.
/// </summary>
internal sealed unsafe class OutgoingFrame : MemoryManager<byte>
{
    private byte* _block;
    private int _capacity;

    /// <param name="capacity">Bytes that there is room for, at least 1.</param>
    public OutgoingFrame(int capacity) => Resize(capacity);

    /// <summary>A frame with a copy of these bytes.</summary>
    public static OutgoingFrame Of(ReadOnlySpan<byte> bytes)
    {
        var frame = new OutgoingFrame(Math.Max(1, bytes.Length)) { Length = bytes.Length };
        bytes.CopyTo(frame.GetSpan());
        return frame;
    }

    /// <summary>Bytes of the frame, from the first; the rest is spare room.</summary>
    public int Length { get; set; }

    /// <summary>Bytes that there is room for.</summary>
    public int Capacity => _capacity;

    /// <summary>Changes the room and keeps the bytes. Spans taken before are of no more use.</summary>
    public void Resize(int capacity)
    {
        _block = (byte*)NativeMemory.Realloc(_block, (nuint)EdgeHeader.Size + (nuint)capacity);
        _capacity = capacity;
    }

    /// <inheritdoc/>
    public override Memory<byte> Memory => CreateMemory(_capacity);

    /// <summary>All the room.</summary>
    public override Span<byte> GetSpan() => new(Living() + EdgeHeader.Size, _capacity);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(Living() + EdgeHeader.Size + elementIndex, default, this);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <summary>Writes the header and gives the memory away: <see cref="EdgeHeader.Size"/> + <see cref="Length"/> bytes, to be freed by <see cref="NativeMemory.Free"/>.</summary>
    public byte* Detach(EdgeHeader header)
    {
        // Spare room is not charged to anyone's credit.
        if (Length < _capacity / 2) Resize(Length);
        var block = Living();
        header.Write(new Span<byte>(block, EdgeHeader.Size));
        _block = null;
        return block;
    }

    /// <summary>Frees the memory, unless it was given away. Calls after the first do nothing.</summary>
    public void Release() => ((IDisposable)this).Dispose();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(_block);
        _block = null;
    }

    private byte* Living() => _block is not null ? _block : throw new ObjectDisposedException(nameof(OutgoingFrame), "The frame was sent or released; its bytes are gone.");
}
