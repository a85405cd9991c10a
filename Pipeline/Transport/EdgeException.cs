namespace Stickers.Pipeline.Transport;

/// <summary>What broke an edge.</summary>
internal enum EdgeFault
{
    /// <summary>A peer did not appear within the time for the rendezvous.</summary>
    Rendezvous,

    /// <summary>A peer was silent for longer than the time that counts as death.</summary>
    PeerLost,

    /// <summary>A peer gave its end of the stream up, or was started anew.</summary>
    PeerFailed,

    /// <summary>A peer does not acknowledge what was sent again and again.</summary>
    NotAcknowledged,

    /// <summary>A peer that knows the run's token broke the protocol.</summary>
    Protocol,

    /// <summary>A socket of this end could not be made or used.</summary>
    Socket,
}

/// <summary>An edge is broken: frames may be missing, and no more will flow.</summary>
/// <param name="fault">The kind of fault.</param>
/// <param name="peer">Who is at the other end, such as <c>receiver 2 of edge 'main'</c>; null where the fault is this end's own.</param>
/// <param name="message">What, where, expected, found.</param>
/// <param name="cause">What was caught, if anything.</param>
internal sealed class EdgeException(EdgeFault fault, string? peer, string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>The kind of fault.</summary>
    public EdgeFault Fault { get; } = fault;

    /// <summary>The peer at fault, or null.</summary>
    public string? Peer { get; } = peer;
}
