using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Tests.Transport;

public sealed class ZeroMqEdgeTests
{
    [Theory(Timeout = 240_000)]
    [InlineData(1, 1, 100_000)]
    [InlineData(3, 2, 17_000)]
    public async Task Frames_ManySendersToManyReceivers_ArriveOnceInOrder(int senders, int receivers, int framesEach)
    {
        var token = TestContext.Current.CancellationToken;
        await using var world = await EdgeWorld.OpenAsync(EdgeWorld.NewOptions(), senders, receivers);
        var reading = world.Readers.Select((reader, receiver) => EdgeWorld.ReadAndCheckAsync(reader, receiver, senders, token)).ToArray();
        await Task.WhenAll(world.Writers.Select((writer, sender) => Task.Run(() => EdgeWorld.WriteAsync(writer, sender, receivers, framesEach, number => 12 + (number % 300), token))));
        foreach (var counts in await Task.WhenAll(reading)) Assert.All(counts, count => Assert.Equal(framesEach, count));
        Assert.All(world.Readers, reader => Assert.Equal((0, 0, 0), (reader.Doubled, reader.Refused, reader.HeldBytes)));
        Assert.All(world.Writers, writer => Assert.Equal((0, 0), (writer.Resent, writer.Reconnects)));
    }

    [Fact(Timeout = 120_000)]
    public async Task Frames_OfAllSizes_ArriveWhole()
    {
        var token = TestContext.Current.CancellationToken;
        var options = EdgeWorld.NewOptions();
        int[] sizes = [12, 13, 100, 8_000, 8_192, 65_536, options.MaxFrameBytes];
        await using var world = await EdgeWorld.OpenAsync(options, 1, 1);
        var reading = EdgeWorld.ReadAndCheckAsync(world.Readers[0], 0, 1, token);
        await EdgeWorld.WriteAsync(world.Writers[0], 0, 1, 100, number => sizes[number % sizes.Length], token);
        Assert.Equal((int[])[100], await reading);
    }

    [Fact(Timeout = 120_000)]
    public async Task Frames_OverTcp_ArriveAsOverTheLocalSocket()
    {
        var token = TestContext.Current.CancellationToken;
        await using var world = await EdgeWorld.OpenAsync(EdgeWorld.NewOptions(), 2, 1, address => address with { Local = null });
        var reading = EdgeWorld.ReadAndCheckAsync(world.Readers[0], 0, 2, token);
        await Task.WhenAll(world.Writers.Select((writer, sender) => EdgeWorld.WriteAsync(writer, sender, 1, 500, number => number * 10, token)));
        Assert.Equal((int[])[500, 500], await reading);
    }

    [Fact(Timeout = 240_000)]
    public async Task Writer_ClosedRightAfterTheLastFrame_LosesNothing()
    {
        var token = TestContext.Current.CancellationToken;
        for (var round = 0; round < 100; round++)
        {
            var options = EdgeWorld.NewOptions();
            await using var reader = await ZeroMqEdgeReader.OpenAsync(options, 0, 1, 1, "127.0.0.1");
            var reading = EdgeWorld.ReadAndCheckAsync(reader, 0, 1, token);
            await using (var writer = ZeroMqEdgeWriter.Open(options, 0, 1, [reader.Address]))
                await EdgeWorld.WriteAsync(writer, 0, 1, 200, _ => 1000, token);
            Assert.Equal((int[])[200], await reading);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Writer_WithNothingToSend_EndsTheStream()
    {
        var token = TestContext.Current.CancellationToken;
        await using var world = await EdgeWorld.OpenAsync(EdgeWorld.NewOptions(), 2, 2);
        var reading = world.Readers.Select((reader, receiver) => EdgeWorld.ReadAndCheckAsync(reader, receiver, 2, token)).ToArray();
        await Task.WhenAll(world.Writers.Select(writer => writer.CompleteAsync(token)));
        Assert.All(await Task.WhenAll(reading), counts => Assert.Equal((int[])[0, 0], counts));
    }

    [Fact(Timeout = 60_000)]
    public async Task Writer_DisposedBeforeTheEnd_BreaksTheReader()
    {
        var token = TestContext.Current.CancellationToken;
        await using var world = await EdgeWorld.OpenAsync(EdgeWorld.NewOptions(), 1, 1);
        await world.Writers[0].SendAsync(0, EdgeWorld.NewFrame(0, 0, 0, 100), token);
        await world.Writers[0].DisposeAsync();
        var fault = await Assert.ThrowsAsync<EdgeException>(() => EdgeWorld.ReadAndCheckAsync(world.Readers[0], 0, 1, token));
        Assert.Equal((EdgeFault.PeerFailed, "sender 0 of edge 'main'"), (fault.Fault, fault.Peer));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await world.Writers[0].SendAsync(0, new byte[1], token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Reader_DisposedBeforeTheEnd_BreaksTheWriter()
    {
        var token = TestContext.Current.CancellationToken;
        await using var world = await EdgeWorld.OpenAsync(EdgeWorld.NewOptions(), 1, 1);
        await world.Writers[0].SendAsync(0, EdgeWorld.NewFrame(0, 0, 0, 100), token);
        await world.Readers[0].DisposeAsync();
        var fault = await Assert.ThrowsAsync<EdgeException>(() => EdgeWorld.WriteAsync(world.Writers[0], 0, 1, 100_000, _ => 10_000, token));
        Assert.Equal((EdgeFault.PeerFailed, "receiver 0 of edge 'main'"), (fault.Fault, fault.Peer));
    }

    /// <summary>The connection is full of what nobody will read, and still the reason is heard.</summary>
    [Theory(Timeout = 240_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reader_DisposedWhileSendersFloodIt_TellsThemWhy(bool local)
    {
        var token = TestContext.Current.CancellationToken;
        for (var round = 0; round < 25; round++)
        {
            await using var world = await EdgeWorld.OpenAsync(EdgeWorld.NewOptions(), 2, 1, address => local ? address : address with { Local = null });
            // The first frame waits for the credit: each sender is let in.
            for (var sender = 0; sender < 2; sender++) await world.Writers[sender].SendAsync(0, EdgeWorld.NewFrame(sender, 0, 0, 100), token);
            var writing = world.Writers.Select((writer, sender) => Task.Run(() => EdgeWorld.WriteAsync(writer, sender, 1, 100_000, _ => 10_000, token))).ToArray();
            await world.Readers[0].DisposeAsync();
            foreach (var one in writing)
            {
                var fault = await Assert.ThrowsAsync<EdgeException>(() => one);
                Assert.Equal((EdgeFault.PeerFailed, "receiver 0 of edge 'main'"), (fault.Fault, fault.Peer));
            }
        }
    }

    [Theory(Timeout = 240_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Writer_DisposedWithFullQueues_TellsTheReaderWhy(bool local)
    {
        var token = TestContext.Current.CancellationToken;
        for (var round = 0; round < 25; round++)
        {
            await using var world = await EdgeWorld.OpenAsync(EdgeWorld.NewOptions(), 1, 1, address => local ? address : address with { Local = null });
            var reading = EdgeWorld.ReadAndCheckAsync(world.Readers[0], 0, 1, token);
            for (var number = 0; number < 300; number++) await world.Writers[0].SendAsync(0, EdgeWorld.NewFrame(0, 0, number, 10_000), token);
            await world.Writers[0].DisposeAsync();
            var fault = await Assert.ThrowsAsync<EdgeException>(() => reading);
            Assert.Equal((EdgeFault.PeerFailed, "sender 0 of edge 'main'"), (fault.Fault, fault.Peer));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Writer_WhoseReceiverNeverComes_SaysSoInTime()
    {
        var token = TestContext.Current.CancellationToken;
        var options = EdgeWorld.NewOptions() with { Rendezvous = TimeSpan.FromSeconds(1) };
        await using var writer = ZeroMqEdgeWriter.Open(options, 0, 1, [EdgeAddress.Parse("tcp://127.0.0.1:1")]);
        var fault = await Assert.ThrowsAsync<EdgeException>(async () => await writer.SendAsync(0, new byte[10], token));
        Assert.Equal((EdgeFault.Rendezvous, "receiver 0 of edge 'main'"), (fault.Fault, fault.Peer));
    }

    [Fact(Timeout = 60_000)]
    public async Task Reader_WhoseSenderNeverComes_SaysSoInTime()
    {
        var token = TestContext.Current.CancellationToken;
        var options = EdgeWorld.NewOptions() with { Rendezvous = TimeSpan.FromSeconds(1) };
        await using var reader = await ZeroMqEdgeReader.OpenAsync(options, 0, 1, 1, "127.0.0.1");
        var fault = await Assert.ThrowsAsync<EdgeException>(() => EdgeWorld.ReadAndCheckAsync(reader, 0, 1, token));
        Assert.Equal((EdgeFault.Rendezvous, "sender 0 of edge 'main'"), (fault.Fault, fault.Peer));
    }

    [Fact]
    public async Task Reader_AtAnAddressThatIsNotThisMachines_SaysSo()
    {
        var fault = await Assert.ThrowsAsync<EdgeException>(() => ZeroMqEdgeReader.OpenAsync(EdgeWorld.NewOptions(), 0, 1, 1, "192.0.2.1"));
        Assert.Equal(EdgeFault.Socket, fault.Fault);
        Assert.Contains("192.0.2.1", fault.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task SendAsync_CancelledWhileItWaitsForCredit_SendsNothingAndTheStreamGoesOn()
    {
        var token = TestContext.Current.CancellationToken;
        await using var world = await EdgeWorld.OpenAsync(EdgeWorld.NewOptions(), 1, 1);
        var writer = world.Writers[0];
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(token);
        var sent = 0;
        var waiting = Task.Run(async () =>
        {
            for (; ; sent++) await writer.SendAsync(0, EdgeWorld.NewFrame(0, 0, sent, 100_000), cancellation.Token);
        }, token);
        while (writer.OutstandingBytes + 100_000 < world.Options.CreditBytes) await Task.Delay(5, token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        var reading = EdgeWorld.ReadAndCheckAsync(world.Readers[0], 0, 1, token);
        await writer.SendAsync(0, EdgeWorld.NewFrame(0, 0, sent, 1000), token);
        await writer.CompleteAsync(token);
        Assert.Equal((int[])[sent + 1], await reading);
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancellation_AtEveryOtherWait_IsPrompt()
    {
        var token = TestContext.Current.CancellationToken;
        var options = EdgeWorld.NewOptions();
        await using var reader = await ZeroMqEdgeReader.OpenAsync(options, 0, 1, 1, "127.0.0.1");
        await using var writer = ZeroMqEdgeWriter.Open(options, 0, 1, [EdgeAddress.Parse("tcp://127.0.0.1:1")]);
        using var soon = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await writer.SendAsync(0, new byte[1], soon.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EdgeWorld.ReadAndCheckAsync(reader, 0, 1, soon.Token));
        using var later = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.CompleteAsync(later.Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task SendAsync_OfAnImpossibleFrame_Throws()
    {
        var token = TestContext.Current.CancellationToken;
        await using var world = await EdgeWorld.OpenAsync(EdgeWorld.NewOptions(), 1, 1);
        var writer = world.Writers[0];
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await writer.SendAsync(0, ReadOnlyMemory<byte>.Empty, token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await writer.SendAsync(0, new byte[world.Options.MaxFrameBytes + 1], token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await writer.SendAsync(1, new byte[1], token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await writer.SendAsync(-1, new byte[1], token));
    }

    [Fact]
    public void Options_OutOfTheirRanges_AreAllNamed()
    {
        var wrong = new EdgeOptions { Edge = "", Token = new byte[15], MaxFrameBytes = 0, CreditBytes = 1, Rendezvous = TimeSpan.Zero, PeerDeath = TimeSpan.Zero, ResendAfter = TimeSpan.Zero, MaxResends = 0 };
        var fault = Assert.Throws<ArgumentException>(wrong.Validate);
        foreach (var name in (string[])["Edge", "Token", "MaxFrameBytes", "CreditBytes", "Rendezvous", "PeerDeath", "ResendAfter", "MaxResends"])
            Assert.Contains(name + " ", fault.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Data_AfterTheRelease_IsGone()
    {
        var token = TestContext.Current.CancellationToken;
        await using var world = await EdgeWorld.OpenAsync(EdgeWorld.NewOptions(), 1, 1);
        await world.Writers[0].SendAsync(0, EdgeWorld.NewFrame(0, 0, 0, 1000), token);
        await foreach (var frame in world.Readers[0].ReadAllAsync(token))
        {
            frame.Release();
            frame.Release();
            Assert.Throws<ObjectDisposedException>(() => frame.Data.Span.Length);
            break;
        }
    }
}
