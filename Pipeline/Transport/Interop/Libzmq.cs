using System.Runtime.InteropServices;

namespace Stickers.Pipeline.Transport.Interop;

/// <summary>
/// The functions of <c>zmq.h</c> (libzmq 4.2 or later) that an edge needs, by their native names. The library is loaded by the first call.
/// Every status must be checked at once on the same thread.
/// </summary>
internal static unsafe partial class Libzmq
{
    public const int ZMQ_DEALER = 5;
    public const int ZMQ_ROUTER = 6;

    public const int ZMQ_IO_THREADS = 1;
    public const int ZMQ_EVENTS = 15;
    public const int ZMQ_LINGER = 17;
    public const int ZMQ_RECONNECT_IVL = 18;
    public const int ZMQ_RECONNECT_IVL_MAX = 21;
    public const int ZMQ_MAXMSGSIZE = 22;
    public const int ZMQ_SNDHWM = 23;
    public const int ZMQ_RCVHWM = 24;
    public const int ZMQ_LAST_ENDPOINT = 32;
    public const int ZMQ_ROUTER_MANDATORY = 33;
    public const int ZMQ_IMMEDIATE = 39;

    public const int ZMQ_DONTWAIT = 1;
    public const int ZMQ_SNDMORE = 2;
    public const short ZMQ_POLLIN = 1;
    public const short ZMQ_POLLOUT = 2;

    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int EHOSTUNREACH = 113;

    private const string Library = "libzmq.so.5";

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint zmq_ctx_new();

    [LibraryImport(Library)]
    public static partial int zmq_ctx_set(nint context, int option, int value);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_ctx_term(nint context);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint zmq_socket(nint context, int type);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_close(nint socket);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_setsockopt(nint socket, int option, void* value, nuint bytes);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_getsockopt(nint socket, int option, void* value, nuint* bytes);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int zmq_bind(nint socket, string address);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int zmq_connect(nint socket, string address);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_send(nint socket, byte* data, nuint bytes, int flags);

    [LibraryImport(Library)]
    public static partial int zmq_msg_init(NativeMessage* message);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_msg_init_data(NativeMessage* message, void* data, nuint bytes, delegate* unmanaged[Cdecl]<void*, void*, void> free, void* hint);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_msg_copy(NativeMessage* target, NativeMessage* source);

    [LibraryImport(Library)]
    public static partial int zmq_msg_close(NativeMessage* message);

    [LibraryImport(Library)]
    public static partial byte* zmq_msg_data(NativeMessage* message);

    [LibraryImport(Library)]
    public static partial nuint zmq_msg_size(NativeMessage* message);

    [LibraryImport(Library)]
    public static partial int zmq_msg_more(NativeMessage* message);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_msg_send(NativeMessage* message, nint socket, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_msg_recv(NativeMessage* message, nint socket, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_poll(PollItem* items, int count, nint milliseconds);

    [LibraryImport(Library)]
    private static partial nint zmq_strerror(int error);

    /// <summary>Throws when a status is not what success looks like.</summary>
    /// <param name="good">Whether the call succeeded.</param>
    /// <param name="what">What was tried, for the message.</param>
    public static void Check(bool good, string what)
    {
        if (good) return;
        var error = Marshal.GetLastPInvokeError();
        throw new EdgeException(EdgeFault.Socket, null, $"{what} failed: {Marshal.PtrToStringUTF8(zmq_strerror(error))} (error {error}).");
    }
}

/// <summary><c>zmq_msg_t</c>: 64 bytes that only libzmq understands.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct NativeMessage
{
    private readonly ulong _first;
}

/// <summary><c>zmq_pollitem_t</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollItem
{
    public nint Socket;
    public int FileDescriptor;
    public short Events;
    public short Returned;
}
