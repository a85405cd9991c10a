using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Tests.Transport;

/// <summary>Real sockets with a proxy between them that does to connections and messages what networks do.</summary>
public sealed class BadNetworkTests
{
    [Fact(Timeout = 240_000)]
    public async Task Frames_OverConnectionsCutAtRandomMoments_ArriveOnceInOrder()
    {
        var (reading, writing, proxy) = await RunAsync(EdgeWorld.NewOptions(), 2, 2000, number => number % 40_000, proxy =>
        {
            proxy.CutEvery = 300;
        }, TestContext.Current.CancellationToken);
        Assert.Equal((int[])[2000, 2000], reading);
        Assert.True(proxy.Cuts > 0, "Nothing was cut: the test proves nothing.");
        Assert.True(writing.Sum(writer => writer.Reconnects) > 0, "No sender noticed.");
    }

    [Fact(Timeout = 240_000)]
    public async Task Frames_OverANetworkThatLosesAndDoublesMessages_ArriveOnceInOrder()
    {
        var (reading, writing, proxy) = await RunAsync(EdgeWorld.NewOptions(), 2, 3000, number => number % 5000, proxy =>
        {
            proxy.Faults = (0.01, 0.01);
        }, TestContext.Current.CancellationToken);
        Assert.Equal((int[])[3000, 3000], reading);
        Assert.True(proxy.Lost > 0 && proxy.Doubled > 0, $"{proxy.Lost} lost, {proxy.Doubled} doubled: the test proves nothing.");
        Assert.True(writing.Sum(writer => writer.Resent) > 0, "Nothing was sent again.");
    }

    [Fact(Timeout = 240_000)]
    public async Task Frames_OverASlowNetwork_ArriveOnceInOrderWithoutRepeats()
    {
        var (reading, writing, _) = await RunAsync(EdgeWorld.NewOptions(), 1, 300, _ => 20_000, proxy =>
        {
            proxy.DelayMs = 20;
        }, TestContext.Current.CancellationToken);
        Assert.Equal((int[])[300], reading);
        Assert.Equal(0, writing[0].Resent);
    }

    [Fact(Timeout = 240_000)]
    public async Task Frames_OverAConnectionThatHangs_GoOnOverANewOne()
    {
        var options = EdgeWorld.NewOptions() with { PeerDeath = TimeSpan.FromSeconds(6) };
        var (reading, writing, _) = await RunAsync(options, 1, 3000, _ => 10_000, proxy =>
        {
            proxy.HangAfter = 500;
        }, TestContext.Current.CancellationToken);
        Assert.Equal((int[])[3000], reading);
        Assert.True(writing[0].Reconnects > 0, "The connection was not replaced.");
    }

    private static async Task<(int[] Read, IReadOnlyList<ZeroMqEdgeWriter> Writers, TcpProxy Proxy)> RunAsync(
        EdgeOptions options, int senders, int frames, Func<int, int> bytesOf, Action<TcpProxy> disturb, CancellationToken cancellation)
    {
        TcpProxy? proxy = null;
        await using var world = await EdgeWorld.OpenAsync(options with { ResendAfter = TimeSpan.FromSeconds(2), MaxResends = 100 }, senders, 1, address => (proxy = new TcpProxy(address)).Address);
        await using var closing = proxy!;
        disturb(proxy!);
        var reading = EdgeWorld.ReadAndCheckAsync(world.Readers[0], 0, senders, cancellation);
        var writing = Task.WhenAll(world.Writers.Select((writer, sender) => Task.Run(() => EdgeWorld.WriteAsync(writer, sender, 1, frames, bytesOf, cancellation))));
        await Task.WhenAll(reading, writing);
        return (await reading, world.Writers, proxy!);
    }
}
