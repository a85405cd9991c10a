using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Tests.Transport;

/// <summary>
/// Stands between senders and a receiver. It can cut all connections, let them hang, delay all bytes, and it knows enough of ZMTP 3.1 (the
/// framing of ZeroMQ, RFC 37) to lose and double whole messages.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _port;
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _connections = new();
    private readonly Task _accepting;
    private int _passed;
    private int _served;

    /// <param name="target">The receiver.</param>
    public TcpProxy(EdgeAddress target)
    {
        _port = new Uri(target.Tcp).Port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public EdgeAddress Address => new($"tcp://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}", null, null);

    /// <summary>Shares of messages that are lost and doubled, in both directions.</summary>
    public (double Loss, double Doubling) Faults { get; set; }

    /// <summary>One message in so many ends all connections, somewhere in the middle of its bytes; 0 for none.</summary>
    public int CutEvery { get; set; }

    public int DelayMs { get; set; }

    /// <summary>After so many messages, the connections of that moment carry nothing more, without being closed; 0 for never.</summary>
    public int HangAfter { get; set; }

    public int Cuts { get; private set; }

    public int Lost { get; private set; }

    public int Doubled { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _closing.Dispose();
    }

    private void Cut()
    {
        foreach (var connection in _connections.Keys)
        {
            if (!_connections.TryRemove(connection, out _)) continue;
            try
            {
                connection.LingerState = new LingerOption(true, 0);
                connection.Close();
                Cuts++;
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException or NullReferenceException)
            {
                // It was closed by its own end in this very moment; TcpClient has no better word for it.
            }
        }
    }

    private void Hang()
    {
        foreach (var connection in _connections.Keys) _connections[connection] = true;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_closing.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient near)
    {
        using var far = new TcpClient();
        _connections[near] = false;
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _port, _closing.Token);
            _connections[far] = false;
            var seed = Interlocked.Increment(ref _served);
            var there = PumpAsync(near, far, new Random(seed));
            var back = PumpAsync(far, near, new Random(-seed));
            await Task.WhenAny(there, back);
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
        }

        foreach (var connection in (TcpClient[])[near, far])
        {
            _connections.TryRemove(connection, out _);
            connection.Close();
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, Random random)
    {
        try
        {
            var (input, output) = (from.GetStream(), to.GetStream());
            // Each side waits for the beginning of the other's greeting of 64 bytes before it sends the rest.
            var greeting = new byte[64];
            for (var passed = 0; passed < greeting.Length;)
            {
                var bytes = await input.ReadAsync(greeting.AsMemory(0, greeting.Length - passed), _closing.Token);
                if (bytes == 0) return;
                await output.WriteAsync(greeting.AsMemory(0, bytes), _closing.Token);
                passed += bytes;
            }

            while (true)
            {
                var frame = await ReadFrameAsync(input);
                if (Interlocked.Increment(ref _passed) == HangAfter) Hang();
                if (DelayMs > 0) await Task.Delay(random.Next(DelayMs), _closing.Token);
                while (_connections.TryGetValue(from, out var hangs) && hangs) await Task.Delay(10, _closing.Token);
                if (CutEvery > 0 && random.Next(CutEvery) == 0)
                {
                    await output.WriteAsync(frame.AsMemory(0, random.Next(frame.Length)), _closing.Token);
                    Cut();
                    return;
                }

                var isCommand = (frame[0] & 4) != 0;
                if (!isCommand && random.NextDouble() < Faults.Loss)
                {
                    Lost++;
                    continue;
                }

                await output.WriteAsync(frame, _closing.Token);
                if (isCommand || random.NextDouble() >= Faults.Doubling) continue;
                Doubled++;
                await output.WriteAsync(frame, _closing.Token);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    /// <summary>One frame with its flags and length: short ones have a length of one byte, long ones of eight, big-endian.</summary>
    private async Task<byte[]> ReadFrameAsync(NetworkStream input)
    {
        var head = new byte[9];
        await input.ReadExactlyAsync(head.AsMemory(0, 2), _closing.Token);
        var isLong = (head[0] & 2) != 0;
        if (isLong) await input.ReadExactlyAsync(head.AsMemory(2, 7), _closing.Token);
        var length = isLong ? (int)System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(1)) : head[1];
        var headBytes = isLong ? 9 : 2;
        var frame = new byte[headBytes + length];
        head.AsSpan(0, headBytes).CopyTo(frame);
        await input.ReadExactlyAsync(frame.AsMemory(headBytes), _closing.Token);
        return frame;
    }
}
