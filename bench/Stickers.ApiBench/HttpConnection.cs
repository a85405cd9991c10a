using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Stickers.ApiBench;

/// <summary>Writes the path of a request, without a leading slash, into a buffer and gives its length in bytes.</summary>
internal delegate int RequestPath(int number, Span<byte> buffer);

/// <summary>
/// A kept-alive connection that only does what a load needs: a full client would take more of the cores than the server. A request allocates nothing: where hundreds of threads
/// allocate, they spin on the heap's lock, and for up to a second at a time nothing else gets a core.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private const int LongestPath = 4096;

    private readonly Socket _socket;
    private readonly byte[] _rest;
    private Range _body;
    private byte[] _buffer = new byte[64 << 10];

    private HttpConnection(Socket socket, string host) => (_socket, _rest) = (socket, Encoding.ASCII.GetBytes($" HTTP/1.1\r\nHost: {host}\r\n\r\n"));

    /// <summary>The body of the last answer.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(_body);

    public static HttpConnection Open(Uri server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(server.Host, server.Port);
            return new HttpConnection(socket, server.Authority);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Asks and reads the answer; its body stays in <see cref="Body"/> until the next.</summary>
    /// <param name="path">Writes the path, without a leading slash, and gives its length in bytes.</param>
    /// <param name="number">What <paramref name="path"/> is told.</param>
    /// <returns>The status.</returns>
    public int Get(RequestPath path, int number)
    {
        try
        {
            "GET /"u8.CopyTo(_buffer);
            var length = 5 + path(number, _buffer.AsSpan(5, LongestPath));
            _rest.CopyTo(_buffer.AsSpan(length));
            _socket.Send(_buffer.AsSpan(0, length + _rest.Length));
            var (read, head) = (0, -1);
            while (true)
            {
                var got = _socket.Receive(_buffer.AsSpan(read));
                if (got == 0)
                    throw new IOException("closed");
                read += got;
                if (head < 0)
                    head = _buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
                if (head >= 0 && IsWhole(head, read))
                    break;
                if (read == _buffer.Length)
                    Array.Resize(ref _buffer, read * 2);
            }

            _ = Utf8Parser.TryParse(_buffer.AsSpan(9, 3), out int status, out _);
            _body = (head + 4)..read;
            return status;
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool IsWhole(int head, int read)
    {
        var headers = _buffer.AsSpan(0, head);
        var at = headers.IndexOf("Content-Length: "u8);
        if (at < 0)
            return _buffer.AsSpan(0, read).EndsWith("\r\n0\r\n\r\n"u8);
        _ = Utf8Parser.TryParse(headers[(at + 16)..], out int length, out _);
        return read - head - 4 >= length;
    }
}
