using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Stickers.ApiBench;

/// <summary>A kept-alive connection that only does what a load needs: a full client would take more of the cores than the server.</summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly string _host;
    private byte[] _buffer = new byte[64 << 10];

    private HttpConnection(Socket socket, string host) => (_socket, _host) = (socket, host);

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

    /// <summary>Status and, if wanted, the body.</summary>
    public (int Status, string Body) Get(string path, bool body)
    {
        try
        {
            _socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {_host}\r\n\r\n"));
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
            return (status, body ? Encoding.UTF8.GetString(_buffer, head + 4, read - head - 4) : "");
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool IsWhole(int head, int read)
    {
        var headers = Encoding.ASCII.GetString(_buffer, 0, head);
        var length = headers.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        if (length < 0)
            return _buffer.AsSpan(0, read).EndsWith("\r\n0\r\n\r\n"u8);
        var end = headers.IndexOf('\r', length);
        return read - head - 4 >= int.Parse(headers.AsSpan((length + 16)..(end < 0 ? headers.Length : end)), CultureInfo.InvariantCulture);
    }
}
