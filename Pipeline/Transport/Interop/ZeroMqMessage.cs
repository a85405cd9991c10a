using System.Buffers;
using System.Runtime.CompilerServices;
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

    private ZeroMqMessage(byte* block, int bytes)
    {
        _message = (nint)NativeMemory.Alloc((nuint)sizeof(NativeMessage));
        if (Libzmq.zmq_msg_init_data(Native, block, (nuint)bytes, &Free, null) == 0) return;
        NativeMemory.Free(block);
        NativeMemory.Free(Native);
        _message = 0;
        Libzmq.Check(false, $"Making a message of {bytes} bytes");
    }

    /// <summary>The native message; null after the release.</summary>
    public NativeMessage* Native => (NativeMessage*)_message;

    /// <summary>A message of a frame, whose memory it takes.</summary>
    public static ZeroMqMessage Of(OutgoingFrame frame, EdgeMessageType type, ulong sequence)
    {
        var block = frame.Detach(new EdgeHeader(type, false, sequence, 0, frame.Length));
        return new ZeroMqMessage(block, EdgeHeader.Size + frame.Length);
    }

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

    // Called by whichever thread lets go last, libzmq's own among them.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(void* block, void* hint) => NativeMemory.Free(block);

    private NativeMessage* Living() => _message != 0 ? Native : throw new ObjectDisposedException(nameof(ZeroMqMessage), "The frame was released; its bytes are gone.");
}
