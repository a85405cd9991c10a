using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stickers.Cli.Launch.Nodes;

/// <summary>One message between leader, node and mpirun's agent: a line of JSON.</summary>
internal sealed record NodeMessage
{
    /// <summary>To be answered by a proof.</summary>
    public string? Challenge { get; init; }

    /// <summary>The answer to a challenge.</summary>
    public string? Proof { get; init; }

    /// <summary>Name of the node that speaks or is meant.</summary>
    public string? Node { get; init; }

    /// <summary>A command for <c>sh -c</c>.</summary>
    public string? Run { get; init; }

    /// <summary>Exit code of that command.</summary>
    public int? Exit { get; init; }

    /// <summary>The job is over; the node's own exit code.</summary>
    public int? Over { get; init; }
}

/// <summary>A connection that carries <see cref="NodeMessage"/>s. One reader and one writer at a time.</summary>
internal sealed class NodeLine : IDisposable
{
    // mpirun's commands have about 60 characters, and a few for each node.
    private const int MaxLength = 1 << 20;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private byte[] _buffer = new byte[4096];
    private int _length;

    public NodeLine(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        if (socket.AddressFamily == AddressFamily.Unix) return;
        // A machine that vanishes says no farewell: after about a minute of silence its connection counts as closed.
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 15);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 9);
    }

    public async Task SendAsync(NodeMessage message, CancellationToken cancellation)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(message, Format), (byte)'\n'];
        await _stream.WriteAsync(line, cancellation);
    }

    /// <returns>The next message, or null when the other side has closed or is lost.</returns>
    /// <exception cref="InvalidDataException">What came is no message.</exception>
    public async Task<NodeMessage?> ReceiveAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var end = _buffer.AsSpan(0, _length).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var message = Parse(_buffer.AsSpan(0, end));
                _buffer.AsSpan(end + 1, _length - end - 1).CopyTo(_buffer);
                _length -= end + 1;
                return message;
            }

            if (_length == _buffer.Length)
            {
                if (_length >= MaxLength) throw new InvalidDataException($"A node's message has more than {MaxLength} bytes.");
                Array.Resize(ref _buffer, _length * 2);
            }

            try
            {
                var read = await _stream.ReadAsync(_buffer.AsMemory(_length), cancellation);
                if (read == 0) return null;
                _length += read;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private static NodeMessage Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<NodeMessage>(line, Format) ?? throw new InvalidDataException("A node's message is null.");
        }
        catch (JsonException)
        {
            throw new InvalidDataException($"No message of a node: {Encoding.UTF8.GetString(line[..Math.Min(line.Length, 80)])}");
        }
    }
}
