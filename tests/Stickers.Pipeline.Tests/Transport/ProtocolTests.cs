using CsCheck;
using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Tests.Transport;

public sealed class ProtocolTests
{
    private static readonly EdgeOptions Options = new()
    {
        Edge = "main",
        Token = new byte[32],
        MaxFrameBytes = 1000,
        CreditBytes = 5000,
        Rendezvous = TimeSpan.FromSeconds(60),
        PeerDeath = TimeSpan.FromSeconds(20),
        ResendAfter = TimeSpan.FromSeconds(1),
        MaxResends = 200,
    };

    /// <summary>Whatever the network does, short of silence for ever, each frame arrives once and in order, and credit is never overdrawn.</summary>
    [Fact]
    public void Protocol_OverAnyNetwork_DeliversAllOnceInOrderWithinTheCredit()
    {
        var networks = Gen.Select(Gen.Double[0, 0.25], Gen.Double[0, 0.25], Gen.Int[0, 200], Gen.Double[0, 0.002], (loss, doubling, delay, cut) => new NetworkFaults(loss, doubling, delay, cut));
        Gen.Select(Gen.Int, Gen.Int[1, 3], Gen.Int[0, 60], networks).Sample((seed, senders, frames, network) =>
        {
            var edge = new SimulatedEdge(seed, senders, frames, network, Options with { Rendezvous = TimeSpan.FromMinutes(5), PeerDeath = TimeSpan.FromMinutes(1) });
            edge.Run(600_000);
            if (edge.Fault is { } fault) throw fault;
            return edge.Completed
                && edge.MostOutstanding <= Options.CreditBytes && edge.MostHeld <= Options.CreditBytes
                && edge.Sent.Zip(edge.Received).All(pair => pair.First.Count == frames && pair.First.Zip(pair.Second).All(frame => frame.First.AsSpan().SequenceEqual(frame.Second)) && pair.Second.Count == frames);
        }, iter: 300, threads: 2, time: -1);
    }

    [Fact]
    public void Protocol_OverAPerfectNetwork_SendsNothingTwice()
    {
        var edge = new SimulatedEdge(1, 2, 500, new NetworkFaults(0, 0, 0, 0), Options);
        edge.Run(600_000);
        Assert.True(edge.Completed);
        Assert.All(edge.Senders, sender => Assert.Equal((0, 0), (sender.Resent, sender.Reconnects)));
        Assert.All(edge.Reception.Senders, sender => Assert.Equal((0, 0), (sender.Doubled, sender.Gaps)));
    }

    [Fact]
    public void Protocol_OverADoublingNetwork_CountsWhatItDrops()
    {
        var edge = new SimulatedEdge(1, 1, 200, new NetworkFaults(0, 1, 0, 0), Options);
        edge.Run(600_000);
        Assert.True(edge.Completed);
        Assert.InRange(edge.Reception.Senders[0].Doubled, 200, 210);
        Assert.Equal(200, edge.Received[0].Count);
    }

    [Fact]
    public void Protocol_WhenAllIsLost_EndsWithAFaultThatNamesTheReceiver()
    {
        var edge = new SimulatedEdge(1, 1, 10_000, new NetworkFaults(0, 0, 0, 0), Options);
        edge.Run(2_000);
        Assert.Null(edge.Fault);
        edge.ReceiverDead = true;
        var died = edge.Now;
        edge.Run(600_000);
        Assert.Equal(EdgeFault.PeerLost, edge.Fault!.Fault);
        Assert.Equal("receiver 0 of edge 'main'", edge.Fault.Peer);
        Assert.InRange(edge.Now - died, 0, (long)(Options.PeerDeath.TotalMilliseconds * 1.1));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.2, 100, 0.01)]
    public void Protocol_WhenTheReceiverGivesUp_AllSendersHearWhyAndItHearsThem(double loss, int delay, double cut)
    {
        var edge = new SimulatedEdge(3, 3, 10_000, new NetworkFaults(loss, 0, delay, cut), Options with { Rendezvous = TimeSpan.FromMinutes(5), PeerDeath = TimeSpan.FromMinutes(1) });
        edge.Run(2_000);
        Assert.Null(edge.Fault);
        edge.Reception.Abort("the disk is full");
        // One that has heard it leaves; the others go on.
        for (var until = edge.Now + 600_000; !edge.Senders.All(sender => sender.Fault is not null) && edge.Now < until;) edge.Run(100, evenBroken: true);
        edge.Run(1_000, evenBroken: true);
        Assert.True(edge.Reception.Parted || loss > 0);
        Assert.All(edge.Senders, sender => Assert.Contains("gave up: the disk is full", sender.Fault!.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Protocol_WhenNobodyEverComes_EndsWithinTheRendezvous()
    {
        var edge = new SimulatedEdge(1, 1, 1, new NetworkFaults(1, 0, 0, 0), Options);
        var start = edge.Now;
        edge.Run(600_000);
        Assert.Equal(EdgeFault.Rendezvous, edge.Fault!.Fault);
        Assert.InRange(edge.Now - start, 60_000, 61_000);
    }

    [Fact]
    public void Tick_AfterAPauseOfTheOwnProcess_DoesNotTakeItForThePeersSilence()
    {
        var pair = new PairReceiver(new EdgePair("main", 0, 1, 0, 1), Options, 0);
        pair.Admit(new byte[16], 0);
        pair.Tick(0);
        pair.Tick(10 * 60_000);
        Assert.Null(pair.Fault);
        for (var after = 0; after <= 21_000; after += 1000) pair.Tick((10 * 60_000) + after);
        Assert.Equal(EdgeFault.PeerLost, pair.Fault!.Fault);
    }

    [Fact]
    public void Receive_OfMoreThanTheCredit_BreaksTheStream()
    {
        var pair = new PairReceiver(new EdgePair("main", 0, 1, 0, 1), Options, 0);
        pair.Admit(new byte[16], 0);
        for (var sequence = 0UL; pair.Fault is null && sequence < 100; sequence++)
            pair.Receive(new EdgeHeader(EdgeMessageType.Data, false, sequence, 0, 1000), new byte[1000], 0);
        Assert.Equal(EdgeFault.Protocol, pair.Fault!.Fault);
        Assert.Contains("credit", pair.Fault.Message, StringComparison.Ordinal);
        Assert.InRange(pair.HeldBytes, 1, Options.CreditBytes);
    }

    [Fact]
    public void Receive_OfAnAcknowledgementOfWhatWasNeverSent_BreaksTheStream()
    {
        var edge = new SimulatedEdge(1, 1, 1_000_000, new NetworkFaults(0, 0, 0, 0), Options);
        edge.Run(500);
        edge.Senders[0].Receive(new EdgeHeader(EdgeMessageType.Ack, false, 1UL << 40, 0, 0).With([]), edge.Now);
        Assert.Equal(EdgeFault.Protocol, edge.Fault!.Fault);
    }

    [Fact]
    public void Receive_OfASenderThatWasStartedAnew_BreaksTheStream()
    {
        var reception = new EdgeReception(Options, 0, 1, 1, 0);
        Admit(reception, 1, new byte[16]);
        Assert.Equal(EdgeMessageType.Welcome, Last(reception));
        var other = new byte[16];
        other[0] = 1;
        Admit(reception, 2, other);
        Assert.Equal(EdgeMessageType.Refuse, Last(reception));
        Assert.Equal(EdgeFault.PeerFailed, reception.FindFault()!.Fault);
    }

    [Theory]
    [InlineData("other", 0, 1, 0, 1, 1000)]
    [InlineData("main", 1, 1, 0, 1, 1000)]
    [InlineData("main", -1, 1, 0, 1, 1000)]
    [InlineData("main", 0, 2, 0, 1, 1000)]
    [InlineData("main", 0, 1, 1, 2, 1000)]
    [InlineData("main", 0, 1, 0, 1, 1001)]
    public void Receive_OfASenderThatBelongsElsewhere_RefusesItAndGoesOn(string edge, int sender, int senders, int receiver, int receivers, int maxFrame)
    {
        var reception = new EdgeReception(Options, 0, 1, 1, 0);
        Admit(reception, 1, new byte[16], new EdgePair(edge, sender, senders, receiver, receivers), maxFrame);
        Assert.Equal(EdgeMessageType.Refuse, Last(reception));
        Assert.Null(reception.FindFault());
        Assert.Equal(1, reception.Refused);
        Admit(reception, 2, new byte[16]);
        Assert.Equal(EdgeMessageType.Welcome, Last(reception));
    }

    [Fact]
    public void Receive_OfAStrangersMessages_KeepsNothingOfThem()
    {
        var reception = new EdgeReception(Options, 0, 1, 1, 0);
        var data = new EdgeHeader(EdgeMessageType.Data, false, 0, 0, 0).With(new byte[100]);
        for (var connection = 0u; connection < 5000; connection++)
            Assert.Equal(Arrival.Dropped, reception.Receive(connection, data, 0, out _));
        Assert.All(reception.Outbox, reply => Assert.Equal((byte)EdgeMessageType.Who, reply.Message[4]));
        Assert.Equal(0, reception.Senders[0].HeldBytes);
    }

    private static void Admit(EdgeReception reception, uint connection, byte[] session, EdgePair? pair = null, int maxFrame = 1000)
    {
        var greeting = EdgeHandshake.WriteGreeting(new EdgeGreeting(new byte[16], session, pair ?? new EdgePair("main", 0, 1, 0, 1), maxFrame));
        reception.Outbox.Clear();
        reception.Receive(connection, new EdgeHeader(EdgeMessageType.Hello, false, 0, 0, 0).With(greeting), 0, out _);
        var challenge = reception.Outbox.Dequeue().Message[EdgeHeader.Size..];
        var proof = EdgeHandshake.AnswerChallenge(Options.Token.Span, greeting, challenge, out _)!;
        reception.Receive(connection, new EdgeHeader(EdgeMessageType.Proof, false, 0, 0, 0).With(proof), 0, out _);
    }

    private static EdgeMessageType Last(EdgeReception reception) => (EdgeMessageType)reception.Outbox.Dequeue().Message[4];
}
