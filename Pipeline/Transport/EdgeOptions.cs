namespace Stickers.Pipeline.Transport;

/// <summary>What both ends of an edge must agree on. Give every rank of a run the same values.</summary>
internal sealed record EdgeOptions
{
    /// <summary>Bytes that a frame costs beyond its own: a million tiny frames must not be free.</summary>
    public const int FrameOverhead = 256;

    /// <summary>Name of the edge, for messages and so that two edges are never mixed up; 1 to 100 characters.</summary>
    public required string Edge { get; init; }

    /// <summary>The run's secret, at least 16 random bytes. Who does not know it is not let in; it never travels itself.</summary>
    public required ReadOnlyMemory<byte> Token { get; init; }

    /// <summary>Largest frame in bytes, 1 to 1 GiB; a message that announces more is refused before memory is given to it.</summary>
    public int MaxFrameBytes { get; init; } = 8 << 20;

    /// <summary>
    /// Bytes on their way from one sender to one receiver, from the call that sends to the frame's release; at least the largest frame and
    /// <see cref="FrameOverhead"/>. A receiver holds at most this for each sender, and a sender for each receiver.
    /// </summary>
    public long CreditBytes { get; init; } = 32 << 20;

    /// <summary>How long the ends may take to find each other.</summary>
    public TimeSpan Rendezvous { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Silence that counts as a peer's death; at least 100 ms. The largest frame must travel in less.</summary>
    public TimeSpan PeerDeath { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long sent frames may stay unacknowledged before they are sent again.</summary>
    public TimeSpan ResendAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often in a row frames are sent again without one of them being acknowledged.</summary>
    public int MaxResends { get; init; } = 10;

    internal long RendezvousMs => (long)Rendezvous.TotalMilliseconds;

    internal long PeerDeathMs => (long)PeerDeath.TotalMilliseconds;

    internal long ResendAfterMs => (long)ResendAfter.TotalMilliseconds;

    /// <summary>A tenth of the time of death: how often each end says something even when there is nothing to say.</summary>
    internal long HeartbeatMs => PeerDeathMs / 10;

    /// <summary>A connection that is silent for this long is replaced.</summary>
    internal long ReconnectMs => PeerDeathMs / 3;

    /// <summary>How long a receiver that has everything stays to say so once more.</summary>
    internal long FarewellMs => Math.Min(PeerDeathMs, 5000);

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">Lists every fault.</exception>
    internal void Validate()
    {
        var faults = new List<string>();
        if (Edge.Length is < 1 or > 100) faults.Add($"{nameof(Edge)} has {Edge.Length} characters, expected 1 to 100");
        if (Token.Length < 16) faults.Add($"{nameof(Token)} has {Token.Length} bytes, expected at least 16");
        if (MaxFrameBytes is < 1 or > 1 << 30) faults.Add($"{nameof(MaxFrameBytes)} is {MaxFrameBytes}, expected 1 to {1 << 30}");
        if (CreditBytes < (long)MaxFrameBytes + FrameOverhead) faults.Add($"{nameof(CreditBytes)} is {CreditBytes}, expected at least {nameof(MaxFrameBytes)} + {FrameOverhead} = {(long)MaxFrameBytes + FrameOverhead}");
        if (Rendezvous <= TimeSpan.Zero) faults.Add($"{nameof(Rendezvous)} is {Rendezvous}, expected more than 0");
        if (PeerDeath < TimeSpan.FromMilliseconds(100)) faults.Add($"{nameof(PeerDeath)} is {PeerDeath}, expected at least 100 ms");
        if (ResendAfter < TimeSpan.FromMilliseconds(10)) faults.Add($"{nameof(ResendAfter)} is {ResendAfter}, expected at least 10 ms");
        if (MaxResends < 1) faults.Add($"{nameof(MaxResends)} is {MaxResends}, expected at least 1");
        if (faults.Count > 0) throw new ArgumentException($"Options of edge '{Edge}': {string.Join("; ", faults)}.");
    }
}
