using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Stickers.Pipeline.Transport;
using Stickers.Pipeline.Transport.Interop;

namespace Stickers.Pipeline.Tests.Transport;

/// <summary>A cluster's network is not trusted: anyone may connect, and must neither be believed nor do harm.</summary>
public sealed class HostilePeerTests
{
    [Fact(Timeout = 60_000)]
    public async Task Writer_WithAnotherToken_IsKeptOutAndBothSidesSaySo()
    {
        var options = EdgeWorld.NewOptions() with { Rendezvous = TimeSpan.FromSeconds(2) };
        await using var reader = await ZeroMqEdgeReader.OpenAsync(options, 0, 1, 1, "127.0.0.1");
        await using var writer = ZeroMqEdgeWriter.Open(options with { Token = RandomNumberGenerator.GetBytes(32) }, 0, 1, [reader.Address]);
        var reading = EdgeWorld.ReadAndCheckAsync(reader, 0, 1, TestContext.Current.CancellationToken);
        var writers = await Assert.ThrowsAsync<EdgeException>(async () => await writer.SendAsync(0, new byte[10], TestContext.Current.CancellationToken));
        Assert.Equal(EdgeFault.Rendezvous, writers.Fault);
        Assert.Contains("token", writers.Message, StringComparison.Ordinal);
        Assert.Equal(EdgeFault.Rendezvous, (await Assert.ThrowsAsync<EdgeException>(() => reading)).Fault);
    }

    [Fact(Timeout = 60_000)]
    public async Task Writer_OfAnotherEdge_IsRefusedAtOnce()
    {
        var options = EdgeWorld.NewOptions();
        await using var reader = await ZeroMqEdgeReader.OpenAsync(options, 0, 1, 1, "127.0.0.1");
        await using var writer = ZeroMqEdgeWriter.Open(options with { Edge = "other" }, 0, 1, [reader.Address]);
        var fault = await Assert.ThrowsAsync<EdgeException>(async () => await writer.SendAsync(0, new byte[10], TestContext.Current.CancellationToken));
        Assert.Equal(EdgeFault.Protocol, fault.Fault);
        Assert.Contains("'other'", fault.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Strangers_WithGarbageAndHugeAnnouncements_DisturbNothing()
    {
        var token = TestContext.Current.CancellationToken;
        await using var world = await EdgeWorld.OpenAsync(EdgeWorld.NewOptions(), 1, 1);
        var before = Process.GetCurrentProcess().WorkingSet64;
        var port = new Uri(world.Readers[0].Address.Tcp).Port;
        var reading = EdgeWorld.ReadAndCheckAsync(world.Readers[0], 0, 1, token);
        var random = new Random(1);
        var strangers = new List<TcpClient>();
        for (var i = 0; i < 60; i++)
        {
            var stranger = new TcpClient();
            await stranger.ConnectAsync(IPAddress.Loopback, port, token);
            byte[] greeting = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0, .. "NULL"u8, .. new byte[48]];
            byte[] ready = [4, 25, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 2, .. "XX"u8];
            byte[] huge = [2, 0, 0, 1, 0, 0, 0, 0, 0, .. new byte[1000]];
            byte[] garbage = new byte[random.Next(1, 5000)];
            random.NextBytes(garbage);
            await stranger.GetStream().WriteAsync((i % 3) switch { 0 => garbage, 1 => [.. greeting, .. garbage], _ => [.. greeting, .. ready, .. huge] }, token);
            strangers.Add(stranger);
            await world.Writers[0].SendAsync(0, EdgeWorld.NewFrame(0, 0, i, 10_000), token);
        }

        await world.Writers[0].CompleteAsync(token);
        Assert.Equal((int[])[60], await reading);
        Assert.InRange(Process.GetCurrentProcess().WorkingSet64 - before, long.MinValue, 256 << 20);
        strangers.ForEach(stranger => stranger.Dispose());
    }

    [Fact(Timeout = 60_000)]
    public async Task Stranger_WhoSpeaksZeroMq_IsNotHeard()
    {
        var token = TestContext.Current.CancellationToken;
        await using var world = await EdgeWorld.OpenAsync(EdgeWorld.NewOptions(), 1, 1);
        var reading = EdgeWorld.ReadAndCheckAsync(world.Readers[0], 0, 1, token);
        await world.Writers[0].SendAsync(0, EdgeWorld.NewFrame(0, 0, 0, 100), token);
        var data = new EdgeHeader(EdgeMessageType.Data, false, 1, 0, 0).With(new byte[100]);
        var end = new EdgeHeader(EdgeMessageType.End, false, 1, 0, 0).With([]);
        var proof = new EdgeHeader(EdgeMessageType.Proof, false, 0, 0, 0).With(new byte[200]);
        using (var context = new ZeroMqContext())
        {
            using var stranger = context.Open(Libzmq.ZMQ_DEALER, 1 << 20);
            stranger.Set(Libzmq.ZMQ_LINGER, 5000);
            stranger.Connect(world.Readers[0].Address.Nearest);
            foreach (var message in (byte[][])[data, end, proof, [], [1, 2, 3], data]) Assert.True(stranger.TrySend(message));
            Assert.True(stranger.TrySend(data, more: true) && stranger.TrySend(data));
        }

        while (world.Readers[0].Refused < 4) await Task.Delay(5, token);
        await world.Writers[0].CompleteAsync(token);
        Assert.Equal((int[])[1], await reading);
    }
}
