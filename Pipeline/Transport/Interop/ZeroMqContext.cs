using System.Runtime.InteropServices;

namespace Stickers.Pipeline.Transport.Interop;

/// <summary>What the sockets of one thread share: one input and output thread of libzmq.</summary>
internal sealed class ZeroMqContext : IDisposable
{
    /// <summary>The largest block that glibc ever takes out of its heap's care, less what it adds to one; see mallopt(3), M_MMAP_THRESHOLD.</summary>
    private const int LargestOwnBlock = (32 << 20) - (64 << 10);

    private nint _context;

    // glibc gives large blocks back to the system and takes them anew, which costs a page fault for every 4 KB of every frame, until it has
    // seen a block of that size freed. It sees one here: a third less CPU for frames of 1 MB on both sides.
    static unsafe ZeroMqContext() => NativeMemory.Free(NativeMemory.Alloc(LargestOwnBlock));

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
        while (_context != 0 && Libzmq.zmq_ctx_term(_context) != 0 && Marshal.GetLastPInvokeError() == Libzmq.EINTR)
        {
        }

        _context = 0;
    }
}
