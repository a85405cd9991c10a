using System.Buffers;
using System.Runtime.InteropServices;

namespace Stickers.Pipeline.Transport.Interop;

/// <summary>
/// Owns one message of libzmq and shows its bytes as memory, without a copy. <see cref="Release"/> gives them back, from any thread. There
/// is no finalizer, which could free the bytes under a span: who forgets to release loses them, at most an edge's credit.
/// </summary>
internal sealed unsafe class ZeroMqMessage : MemoryManager<byte>
{
    private nint _message;

    /// <summary>An empty message, to be received into.</summary>
    public ZeroMqMessage()
    {
        _message = (nint)NativeMemory.Alloc((nuint)sizeof(NativeMessage));
        _ = Libzmq.zmq_msg_init(Native);
    }

    /// <summary>A message of so many bytes, whose content is not cleared.</summary>
    public ZeroMqMessage(int bytes)
    {
        _message = (nint)NativeMemory.Alloc((nuint)sizeof(NativeMessage));
        if (Libzmq.zmq_msg_init_size(Native, (nuint)bytes) == 0) return;
        NativeMemory.Free(Native);
        _message = 0;
        Libzmq.Check(false, $"Finding {bytes} bytes of memory for a message");
    }

    /// <summary>The native message; null after the release.</summary>
    public NativeMessage* Native => (NativeMessage*)_message;

    /// <inheritdoc/>
    public override Memory<byte> Memory => CreateMemory((int)Libzmq.zmq_msg_size(Living()));

    /// <inheritdoc/>
    public override Span<byte> GetSpan()
    {
        var message = Living();
        return new Span<byte>(Libzmq.zmq_msg_data(message), (int)Libzmq.zmq_msg_size(message));
    }

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(Libzmq.zmq_msg_data(Living()) + elementIndex, default, this);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <summary>Gives the bytes back. Calls after the first do nothing.</summary>
    public void Release() => ((IDisposable)this).Dispose();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        var message = (NativeMessage*)Interlocked.Exchange(ref _message, 0);
        if (message is null) return;
        _ = Libzmq.zmq_msg_close(message);
        NativeMemory.Free(message);
    }

    private NativeMessage* Living() => _message != 0 ? Native : throw new ObjectDisposedException(nameof(ZeroMqMessage), "The frame was released; its bytes are gone.");
}
