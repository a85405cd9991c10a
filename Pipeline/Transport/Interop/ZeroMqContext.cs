namespace Stickers.Pipeline.Transport.Interop;

/// <summary>What the sockets of one thread share: one input and output thread of libzmq.</summary>
internal sealed class ZeroMqContext : IDisposable
{
    private nint _context;

    public ZeroMqContext()
    {
        try
        {
            _context = Libzmq.zmq_ctx_new();
        }
        catch (DllNotFoundException missing)
        {
            throw new EdgeException(EdgeFault.Socket, null,
                "libzmq.so.5 is not on this machine, and stages in several processes need it: install it (Debian: apt-get install libzmq5).", missing);
        }

        Libzmq.Check(_context != 0, "Making a ZeroMQ context");
        _ = Libzmq.zmq_ctx_set(_context, Libzmq.ZMQ_IO_THREADS, 1);
    }

    /// <summary>Makes a socket that belongs to the calling thread.</summary>
    /// <param name="type">ZMQ_DEALER or ZMQ_ROUTER.</param>
    /// <param name="largestMessage">Bytes of the largest message that is taken.</param>
    public ZeroMqSocket Open(int type, long largestMessage)
    {
        var handle = Libzmq.zmq_socket(_context, type);
        Libzmq.Check(handle != 0, "Making a ZeroMQ socket");
        var socket = new ZeroMqSocket(handle);
        socket.Set(Libzmq.ZMQ_LINGER, 0);
        socket.LimitMessages(largestMessage);
        return socket;
    }

    /// <summary>Waits for what closed sockets still linger for, which each of them bounds. All sockets must be disposed of before.</summary>
    public void Dispose()
    {
        while (_context != 0 && Libzmq.zmq_ctx_term(_context) != 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Libzmq.EINTR)
        {
        }

        _context = 0;
    }
}
