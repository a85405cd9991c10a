using System.Runtime.InteropServices;
using System.Text;

namespace Stickers.Pipeline.Transport.Interop;

/// <summary>
/// One socket, to be made, used and disposed of by one thread. It has no finalizer: a socket must not be closed by another thread, and its
/// <see cref="ZeroMqContext"/> waits for it.
/// </summary>
internal sealed unsafe class ZeroMqSocket : IDisposable
{
    private readonly NativeMessage* _copy = (NativeMessage*)NativeMemory.Alloc((nuint)sizeof(NativeMessage));
    private nint _socket;

    internal ZeroMqSocket(nint socket) => _socket = socket;

    /// <summary>What to poll.</summary>
    public nint Handle => _socket;

    /// <summary>The address that the last <see cref="Bind"/> led to, with its port.</summary>
    public string LastEndpoint
    {
        get
        {
            var text = stackalloc byte[1024];
            nuint bytes = 1024;
            Libzmq.Check(Libzmq.zmq_getsockopt(_socket, Libzmq.ZMQ_LAST_ENDPOINT, text, &bytes) == 0, "Asking a ZeroMQ socket for its address");
            return Encoding.UTF8.GetString(text, (int)bytes - 1);
        }
    }

    /// <summary>Whether there is someone to send to.</summary>
    public bool CanSend
    {
        get
        {
            int events;
            nuint bytes = sizeof(int);
            Libzmq.Check(Libzmq.zmq_getsockopt(_socket, Libzmq.ZMQ_EVENTS, &events, &bytes) == 0, "Asking a ZeroMQ socket for its state");
            return (events & Libzmq.ZMQ_POLLOUT) != 0;
        }
    }

    public void Set(int option, int value) =>
        Libzmq.Check(Libzmq.zmq_setsockopt(_socket, option, &value, sizeof(int)) == 0, $"Setting option {option} of a ZeroMQ socket to {value}");

    /// <summary>Messages that announce more bytes end their connection before memory is given to them.</summary>
    public void LimitMessages(long bytes) =>
        Libzmq.Check(Libzmq.zmq_setsockopt(_socket, Libzmq.ZMQ_MAXMSGSIZE, &bytes, sizeof(long)) == 0, $"Limiting the messages of a ZeroMQ socket to {bytes} bytes");

    public void Bind(string address) => Libzmq.Check(Libzmq.zmq_bind(_socket, address) == 0, $"Binding a ZeroMQ socket to {address}");

    public void Connect(string address) => Libzmq.Check(Libzmq.zmq_connect(_socket, address) == 0, $"Connecting a ZeroMQ socket to {address}");

    /// <summary>Sends a message's bytes without giving the message away; false while there is nobody to send to.</summary>
    public bool TrySend(ZeroMqMessage message)
    {
        _ = Libzmq.zmq_msg_init(_copy);
        Libzmq.Check(Libzmq.zmq_msg_copy(_copy, message.Native) == 0, "Sharing a ZeroMQ message");
        if (Libzmq.zmq_msg_send(_copy, _socket, Libzmq.ZMQ_DONTWAIT) >= 0) return true;
        var sent = IsSent(false);
        _ = Libzmq.zmq_msg_close(_copy);
        return sent;
    }

    /// <summary>Sends a copy of a few bytes; false while there is nobody to send to.</summary>
    public bool TrySend(ReadOnlySpan<byte> bytes, bool more = false)
    {
        fixed (byte* data = bytes)
            return IsSent(Libzmq.zmq_send(_socket, data, (nuint)bytes.Length, Libzmq.ZMQ_DONTWAIT | (more ? Libzmq.ZMQ_SNDMORE : 0)) >= 0);
    }

    /// <summary>Receives the next part into a message, whose former bytes are given back; false when there is none now.</summary>
    /// <param name="message">An unreleased message.</param>
    /// <param name="more">Whether a further part of the same message follows.</param>
    public bool TryReceive(ZeroMqMessage message, out bool more)
    {
        more = false;
        while (Libzmq.zmq_msg_recv(message.Native, _socket, Libzmq.ZMQ_DONTWAIT) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == Libzmq.EAGAIN) return false;
            Libzmq.Check(error == Libzmq.EINTR, "Receiving from a ZeroMQ socket");
        }

        more = Libzmq.zmq_msg_more(message.Native) != 0;
        return true;
    }

    public void Dispose()
    {
        if (_socket == 0) return;
        _ = Libzmq.zmq_close(_socket);
        _socket = 0;
        NativeMemory.Free(_copy);
    }

    private static bool IsSent(bool sent)
    {
        if (sent) return true;
        var error = Marshal.GetLastPInvokeError();
        Libzmq.Check(error is Libzmq.EAGAIN or Libzmq.EINTR or Libzmq.EHOSTUNREACH, "Sending to a ZeroMQ socket");
        return false;
    }
}
