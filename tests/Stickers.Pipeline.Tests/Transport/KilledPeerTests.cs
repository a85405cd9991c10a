using System.Diagnostics;
using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Tests.Transport;

/// <summary>The other end is a real process, which is killed with signal 9.</summary>
public sealed class KilledPeerTests
{
    private const string TokenVariable = "STICKERS_TEST_EDGE_TOKEN";
    private const string AddressVariable = "STICKERS_TEST_EDGE_ADDRESS";
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    [Fact(Timeout = 180_000)]
    public async Task Sender_KilledInTheMiddle_BreaksTheReaderInTime()
    {
        var token = TestContext.Current.CancellationToken;
        var options = OptionsOf(Convert.ToHexString(EdgeWorld.NewOptions().Token.Span));
        await using var reader = await ZeroMqEdgeReader.OpenAsync(options, 0, 1, 1, "127.0.0.1");
        using var sender = OtherProcess.Start(typeof(KilledPeerTests), nameof(SendForEver), (TokenVariable, Convert.ToHexString(options.Token.Span)), (AddressVariable, reader.Address.ToString()));
        var clock = new Stopwatch();
        var fault = await Assert.ThrowsAsync<EdgeException>(() => EdgeWorld.ReadAndCheckAsync(reader, 0, 1, token, count =>
        {
            if (count != 1000) return Task.CompletedTask;
            sender.Kill();
            clock.Start();
            return Task.CompletedTask;
        }));
        Assert.Equal((EdgeFault.PeerLost, "sender 0 of edge 'main'"), (fault.Fault, fault.Peer));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, options.PeerDeath + Slack);
    }

    [Fact(Timeout = 180_000)]
    public async Task Receiver_KilledInTheMiddle_BreaksTheWriterInTime()
    {
        var token = TestContext.Current.CancellationToken;
        var options = OptionsOf(Convert.ToHexString(EdgeWorld.NewOptions().Token.Span));
        var file = Path.Combine(Path.GetTempPath(), $"stickers-edge-{Guid.NewGuid():n}");
        using var receiver = OtherProcess.Start(typeof(KilledPeerTests), nameof(ReceiveForEver), (TokenVariable, Convert.ToHexString(options.Token.Span)), (AddressVariable, file));
        try
        {
            while (!File.Exists(file))
            {
                Assert.False(receiver.HasExited, "The receiving process ended by itself.");
                await Task.Delay(20, token);
            }

            await using var writer = ZeroMqEdgeWriter.Open(options, 0, 1, [EdgeAddress.Parse(await File.ReadAllTextAsync(file, token))]);
            for (var number = 0; number < 1000; number++) await writer.SendAsync(0, EdgeWorld.NewFrame(0, 0, number, 10_000), token);
            receiver.Kill();
            var clock = Stopwatch.StartNew();
            var fault = await Assert.ThrowsAsync<EdgeException>(() => EdgeWorld.WriteAsync(writer, 0, 1, 1_000_000, _ => 10_000, token));
            Assert.Equal((EdgeFault.PeerLost, "receiver 0 of edge 'main'"), (fault.Fault, fault.Peer));
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, options.PeerDeath + Slack);
            clock.Restart();
            await writer.DisposeAsync();
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, Slack);
        }
        finally
        {
            receiver.Kill();
            File.Delete(file);
        }
    }

    /// <summary>Not a test of its own: the body of the process that is killed.</summary>
    [Fact(Explicit = true)]
    public async Task SendForEver()
    {
        await using var writer = ZeroMqEdgeWriter.Open(OptionsOf(Environment.GetEnvironmentVariable(TokenVariable)!), 0, 1, [EdgeAddress.Parse(Environment.GetEnvironmentVariable(AddressVariable)!)]);
        await EdgeWorld.WriteAsync(writer, 0, 1, 10_000_000, number => number % 1000, TestContext.Current.CancellationToken);
    }

    /// <summary>Not a test of its own: the body of the process that is killed.</summary>
    [Fact(Explicit = true)]
    public async Task ReceiveForEver()
    {
        await using var reader = await ZeroMqEdgeReader.OpenAsync(OptionsOf(Environment.GetEnvironmentVariable(TokenVariable)!), 0, 1, 1, "127.0.0.1");
        var file = Environment.GetEnvironmentVariable(AddressVariable)!;
        await File.WriteAllTextAsync(file + ".new", reader.Address.ToString(), TestContext.Current.CancellationToken);
        File.Move(file + ".new", file);
        await EdgeWorld.ReadAndCheckAsync(reader, 0, 1, TestContext.Current.CancellationToken);
    }

    private static EdgeOptions OptionsOf(string token) => EdgeWorld.NewOptions() with { Token = Convert.FromHexString(token), PeerDeath = TimeSpan.FromSeconds(4), Rendezvous = TimeSpan.FromSeconds(90) };
}
