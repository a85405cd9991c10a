namespace Stickers.Pipeline.Transport;

/// <summary>
/// The receiver's end of the protocol with all senders: lets in who knows the token and belongs here, and hands the messages of each
/// connection to the sender that proved itself on it. It knows neither sockets nor clocks. Not thread-safe.
/// </summary>
internal sealed class EdgeReception
{
    /// <summary>Strangers' connections that are remembered; nothing they do makes more memory be used.</summary>
    private const int MaxRemembered = 1024;

    private readonly EdgeOptions _options;
    private readonly byte[] _session = EdgeHandshake.NewNonce();
    private readonly byte[] _secret = EdgeHandshake.NewNonce();
    private readonly PairReceiver[] _senders;
    private readonly uint?[] _connections;
    private readonly Dictionary<uint, int> _admitted = [];
    private readonly Dictionary<uint, long> _asked = [];
    private byte[]? _abort;

    /// <param name="options">The edge's options.</param>
    /// <param name="receiver">This receiver, from 0.</param>
    /// <param name="receivers">Number of receivers.</param>
    /// <param name="senders">Number of senders.</param>
    /// <param name="now">Milliseconds of a clock that never goes back.</param>
    public EdgeReception(EdgeOptions options, int receiver, int receivers, int senders, long now)
    {
        _options = options;
        _senders = [.. Enumerable.Range(0, senders).Select(sender => new PairReceiver(new EdgePair(options.Edge, sender, senders, receiver, receivers), options, now))];
        _connections = new uint?[senders];
    }

    /// <summary>The senders' halves, by number.</summary>
    public IReadOnlyList<PairReceiver> Senders => _senders;

    /// <summary>Messages that wait to be sent, each with its connection.</summary>
    public Queue<(uint Connection, byte[] Message)> Outbox { get; } = new();

    /// <summary>Messages from strangers that were dropped.</summary>
    public long Refused { get; private set; }

    /// <summary>The last reason for a refusal; null when nobody was refused.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Whether all senders have ended.</summary>
    public bool Ended => Array.TrueForAll(_senders, sender => sender.Ended);

    /// <summary>Whether all senders know that all of theirs has come.</summary>
    public bool Left => Array.TrueForAll(_senders, sender => sender.Left);

    /// <summary>After <see cref="Abort"/>: whether every sender that was let in and lives knows of it.</summary>
    public bool Parted => Array.TrueForAll(_senders, sender => sender.Session is null || sender.Left || sender.Fault is not null);

    /// <summary>Handles one message.</summary>
    /// <param name="connection">Where it came from; never used again for another connection.</param>
    /// <param name="message">The whole message.</param>
    /// <param name="now">Milliseconds.</param>
    /// <param name="sender">Whose it is.</param>
    public Arrival Receive(uint connection, ReadOnlySpan<byte> message, long now, out int sender)
    {
        sender = -1;
        if (!EdgeHeader.TryRead(message, out var header, out var wrong))
        {
            if (_admitted.TryGetValue(connection, out var faulty)) _senders[faulty].Fail(EdgeFault.Protocol, $"{_senders[faulty].Pair.SenderName} sent {wrong}.");
            else Drop($"someone sent {wrong}");
            return Arrival.Dropped;
        }

        var payload = message[EdgeHeader.Size..];
        switch (header.Type)
        {
            case EdgeMessageType.Hello when EdgeHandshake.ReadGreeting(payload) is not null:
                var challenge = EdgeHandshake.WriteChallenge(_options.Token.Span, payload, NonceOf(connection), _session);
                Outbox.Enqueue((connection, new EdgeHeader(EdgeMessageType.Challenge, false, 0, 0, 0).With(challenge)));
                return Arrival.Dropped;
            case EdgeMessageType.Proof:
                Admit(connection, payload, now);
                return Arrival.Dropped;
        }

        if (_admitted.TryGetValue(connection, out sender)) return _senders[sender].Receive(header, payload, now);
        sender = -1;
        AskWho(connection, now);
        return Arrival.Dropped;
    }

    /// <summary>Counts a stranger's message that is not looked at.</summary>
    public void Drop(string reason)
    {
        Refused++;
        Refusal = reason;
    }

    /// <summary>Lets time pass and puts due acknowledgements into the <see cref="Outbox"/>.</summary>
    public void Tick(long now)
    {
        for (var i = 0; i < _senders.Length; i++)
        {
            _senders[i].Tick(now);
            if (_connections[i] is { } connection && _senders[i].TryReport(now, out var report)) Outbox.Enqueue((connection, report.With([])));
        }
    }

    /// <summary>The fault of the first broken sender; null when none is.</summary>
    public EdgeException? FindFault()
    {
        if (Array.Find(_senders, sender => sender.Fault is not null)?.Fault is not { } fault) return null;
        return Refused == 0 || fault.Fault != EdgeFault.Rendezvous
            ? fault
            : new EdgeException(fault.Fault, fault.Peer, $"{fault.Message} {Refused} messages were refused, the last because {Refusal}.");
    }

    /// <summary>Tells all senders, and whoever comes again, that this end gives up.</summary>
    public void Abort(string reason)
    {
        _abort = new EdgeHeader(EdgeMessageType.Abort, false, 0, 0, 0).With(EdgeHandshake.WriteText(reason));
        foreach (var sender in _senders) sender.GiveUp();
        foreach (var connection in _connections.OfType<uint>()) Outbox.Enqueue((connection, _abort));
    }

    private void Admit(uint connection, ReadOnlySpan<byte> proof, long now)
    {
        if (EdgeHandshake.CheckProof(_options.Token.Span, proof, NonceOf(connection), _session) is not { } greeting)
        {
            Drop("someone does not know this run's token");
            return;
        }

        var expected = _senders[0].Pair with { Sender = greeting.Pair.Sender };
        if (greeting.Pair != expected || (uint)greeting.Pair.Sender >= (uint)_senders.Length || greeting.MaxFrameBytes > _options.MaxFrameBytes)
        {
            Refuse(connection, $"expected one of {expected.Senders} senders to receiver {expected.Receiver} of {expected.Receivers} of edge '{expected.Edge}' with frames up to {_options.MaxFrameBytes} bytes, "
                + $"found sender {greeting.Pair.Sender} of {greeting.Pair.Senders} to receiver {greeting.Pair.Receiver} of {greeting.Pair.Receivers} of edge '{greeting.Pair.Edge}' with frames up to {greeting.MaxFrameBytes}");
            return;
        }

        var sender = _senders[greeting.Pair.Sender];
        if (sender.Session is { } known && !known.AsSpan().SequenceEqual(greeting.Session))
        {
            Refuse(connection, $"{expected.SenderName} was started anew, or is there twice");
            if (!sender.Ended) sender.Fail(EdgeFault.PeerFailed, $"{expected.SenderName} was started anew, or is there twice; what the first had sent is incomplete.");
            return;
        }

        if (_connections[greeting.Pair.Sender] is { } old) _admitted.Remove(old);
        _connections[greeting.Pair.Sender] = connection;
        _admitted[connection] = greeting.Pair.Sender;
        var welcome = sender.Admit(greeting.Session, now).With(greeting.Nonce);
        Outbox.Enqueue((connection, _abort ?? welcome));
    }

    private void Refuse(uint connection, string reason)
    {
        Drop(reason);
        Outbox.Enqueue((connection, new EdgeHeader(EdgeMessageType.Refuse, false, 0, 0, 0).With(EdgeHandshake.WriteText(reason))));
    }

    private void AskWho(uint connection, long now)
    {
        if (_asked.TryGetValue(connection, out var last) && now - last < _options.HeartbeatMs) return;
        if (_asked.Count >= MaxRemembered) _asked.Clear();
        _asked[connection] = now;
        Outbox.Enqueue((connection, new EdgeHeader(EdgeMessageType.Who, false, 0, 0, 0).With([])));
    }

    /// <summary>A nonce for each connection that needs no memory.</summary>
    private byte[] NonceOf(uint connection) => System.Security.Cryptography.HMACSHA256.HashData(_secret, BitConverter.GetBytes(connection));
}
