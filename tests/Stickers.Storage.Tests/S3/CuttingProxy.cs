using System.Net;
using System.Net.Sockets;

namespace Stickers.Storage.Tests.S3;

/// <summary>Passes connections on to a server, and cuts each where it is told to.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _target;
    private readonly Func<int, Cut> _cutOf;
    private readonly Task _accepting;
    private int _connections;

    /// <param name="target">The server.</param>
    /// <param name="cutOf">Where to cut, by the connection's number from 1 on.</param>
    public CuttingProxy(Uri target, Func<int, Cut> cutOf)
    {
        (_target, _cutOf) = (target, cutOf);
        _listener.Start();
        Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Bytes that pass before the connection is cut.</summary>
    public sealed record Cut(long RequestBytes = long.MaxValue, long ResponseBytes = long.MaxValue)
    {
        public static Cut Nowhere { get; } = new();
    }

    public Uri Endpoint { get; }

    public int Connections => _connections;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = PassAsync(client, _cutOf(Interlocked.Increment(ref _connections)));
        }
    }

    private async Task PassAsync(TcpClient client, Cut cut)
    {
        using var closing = client;
        using var server = new TcpClient();
        // Cut, not closed: the other side sees a broken connection.
        client.LingerState = new LingerOption(enable: true, 0);
        try
        {
            await server.ConnectAsync(_target.Host, _target.Port, _stop.Token);
            await Task.WhenAny(
                PumpAsync(client.GetStream(), server.GetStream(), cut.RequestBytes),
                PumpAsync(server.GetStream(), client.GetStream(), cut.ResponseBytes));
        }
        catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone, so is the connection.
        }
    }

    private async Task PumpAsync(NetworkStream source, NetworkStream target, long bytes)
    {
        var buffer = new byte[16 << 10];
        while (bytes >= 0)
        {
            var read = await source.ReadAsync(buffer, _stop.Token);
            if (read == 0) return;
            var passed = (int)Math.Min(read, bytes);
            await target.WriteAsync(buffer.AsMemory(0, passed), _stop.Token);
            bytes -= read;
        }
    }
}
