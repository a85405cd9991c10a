namespace Stickers.Pipeline.Transport;

/// <summary>What a <see cref="PairSender{TFrame}"/> wants done next.</summary>
/// <typeparam name="TFrame">A data message ready to be sent.</typeparam>
/// <param name="Renew">Replace the connection by a new one, and throw away what the old one still holds.</param>
/// <param name="Control">A message to send, if any.</param>
/// <param name="Frame">A frame to send, if neither.</param>
internal readonly record struct SendStep<TFrame>(bool Renew, byte[]? Control, TFrame? Frame);

/// <summary>
/// The sender's half of the protocol with one receiver: greeting, credit, numbers, acknowledgements, sending again. It knows neither sockets
/// nor clocks, so that any network can be put under it. Not thread-safe.
/// </summary>
/// <typeparam name="TFrame">A data message ready to be sent; kept until it is acknowledged.</typeparam>
internal sealed class PairSender<TFrame>
{
    private readonly EdgePair _pair;
    private readonly EdgeOptions _options;
    private readonly Action<TFrame> _forget;
    private readonly byte[] _session;
    private readonly long _start;

    private readonly Queue<byte[]> _controls = new();
    private readonly Dictionary<ulong, TFrame> _unacknowledged = [];
    private Phase _phase = Phase.Greeting;
    private byte[] _greeting = [];
    private byte[]? _peerSession;
    private bool _renew;
    private bool _everOpen;
    private string? _refusal;

    // Numbers of frames: all below _acknowledged arrived, all below _cursor are on this connection, all below _sent were on one, all
    // below _next exist.
    private ulong _acknowledged;
    private ulong _cursor;
    private ulong _sent;
    private ulong _next;
    private ulong? _end;
    private ulong _granted;
    private ulong _charged;
    private ulong _window;
    private int _resendsInARow;
    private bool _awaitsFarewell;

    private long _lastTick;
    private long _lastHeard;
    private long _lastSent;
    private long _lastGreeting;
    private long _lastRenewal;
    private long _lastProgress;

    /// <param name="pair">Who talks to whom.</param>
    /// <param name="options">The edge's options.</param>
    /// <param name="session">16 bytes, the same for all of one writer's pairs.</param>
    /// <param name="forget">Called for each frame that is acknowledged or given up.</param>
    /// <param name="now">Milliseconds of a clock that never goes back.</param>
    public PairSender(EdgePair pair, EdgeOptions options, byte[] session, Action<TFrame> forget, long now)
    {
        (_pair, _options, _session, _forget) = (pair, options, session, forget);
        _start = _lastTick = _lastHeard = _lastSent = _lastRenewal = _lastProgress = now;
        Greet(now);
    }

    private enum Phase
    {
        Greeting,
        Proving,
        Open,
        Done,
        Faulted,
    }

    /// <summary>Why the pair is broken; null while it is not.</summary>
    public EdgeException? Fault { get; private set; }

    /// <summary>Whether the receiver has acknowledged all frames and the end.</summary>
    public bool Completed => _phase == Phase.Done;

    /// <summary>Whether nothing more is to be said or heard: all is acknowledged, or the receiver knows that this end gives up, or cannot be told.</summary>
    public bool Parted => _phase == Phase.Done || (_phase == Phase.Faulted && !_awaitsFarewell);

    /// <summary>Bytes that were sent and not yet given back, with <see cref="EdgeOptions.FrameOverhead"/> for each frame.</summary>
    public long OutstandingBytes => (long)(_charged - (_granted - Math.Min(_granted, _window)));

    /// <summary>Frames and ends that were put on the wire again.</summary>
    public long Resent { get; private set; }

    /// <summary>Connections that were opened to the receiver after the first.</summary>
    public long Reconnects { get; private set; }

    /// <summary>Takes the credit and the number of a frame; false while the credit does not suffice.</summary>
    /// <param name="bytes">The frame's length.</param>
    /// <param name="sequence">The number that the frame must carry; the next call must be <see cref="Enqueue"/> with it.</param>
    public bool TryReserve(int bytes, out ulong sequence)
    {
        sequence = _next;
        var cost = (ulong)bytes + EdgeOptions.FrameOverhead;
        if (_end is not null) throw new InvalidOperationException($"The stream to {_pair.ReceiverName} has ended; nothing more can be sent.");
        if (_charged + cost > _granted) return false;
        _charged += cost;
        return true;
    }

    /// <summary>Adds the frame that was reserved last.</summary>
    public void Enqueue(TFrame frame)
    {
        if (_acknowledged == _cursor && _cursor == _next) _lastProgress = _lastTick;
        if (Fault is null) _unacknowledged.Add(_next++, frame);
        else _forget(frame);
    }

    /// <summary>Ends the stream after the frames so far.</summary>
    /// <param name="frameOf">Makes the end's message of its number.</param>
    public void End(Func<ulong, TFrame> frameOf)
    {
        if (_end is not null || Fault is not null) return;
        _end = _next;
        Enqueue(frameOf(_next));
    }

    /// <summary>Gives the stream up and tells the receiver.</summary>
    public void Abort(string reason)
    {
        if (_phase is Phase.Done or Phase.Faulted) return;
        var open = _phase == Phase.Open;
        Fail(new EdgeException(EdgeFault.PeerFailed, null, $"{_pair.SenderName} gave its stream to {_pair.ReceiverName} up: {reason}"));
        if (!open) return;
        _controls.Enqueue(new EdgeHeader(EdgeMessageType.Abort, false, 0, 0, 0).With(EdgeHandshake.WriteText(reason)));
        _awaitsFarewell = true;
    }

    /// <summary>What to do next, if anything; <see cref="Advance"/> says that it was done.</summary>
    public bool TryPeek(out SendStep<TFrame> step)
    {
        step = default;
        if (_renew) step = new SendStep<TFrame>(true, null, default);
        else if (_controls.TryPeek(out var control)) step = new SendStep<TFrame>(false, control, default);
        else if (_phase == Phase.Open && _cursor < _next) step = new SendStep<TFrame>(false, null, _unacknowledged[_cursor]);
        else return false;
        return true;
    }

    /// <summary>The step last peeked at was done.</summary>
    public void Advance(long now)
    {
        if (_renew)
        {
            _renew = false;
            return;
        }

        _lastSent = now;
        if (!_controls.TryDequeue(out _)) _sent = Math.Max(_sent, ++_cursor);
    }

    /// <summary>The step last peeked at could not be done, because there is no connection now.</summary>
    public void Disconnected(long now)
    {
        if (_phase is Phase.Open or Phase.Proving) Greet(now);
        _awaitsFarewell = false;
    }

    /// <summary>Handles one message from the receiver.</summary>
    public void Receive(ReadOnlySpan<byte> message, long now)
    {
        var readable = EdgeHeader.TryRead(message, out var header, out var wrong);
        if (_phase == Phase.Faulted)
        {
            // It gives up in its turn.
            if (readable && header.Type == EdgeMessageType.Abort) _awaitsFarewell = false;
            return;
        }

        if (!readable)
        {
            if (_phase == Phase.Open) Fail(new EdgeException(EdgeFault.Protocol, _pair.ReceiverName, $"{_pair.ReceiverName} sent {wrong}."));
            else _refusal = $"what listens there sent {wrong}";
            return;
        }

        var payload = message[EdgeHeader.Size..];
        switch (_phase)
        {
            case Phase.Greeting or Phase.Proving when header.Type == EdgeMessageType.Challenge:
                AnswerChallenge(payload, now);
                break;
            case Phase.Proving when header.Type == EdgeMessageType.Welcome && payload.SequenceEqual(_greeting.AsSpan(0, EdgeHandshake.NonceBytes)):
                Enter(header, now);
                break;
            case Phase.Proving when header.Type == EdgeMessageType.Refuse:
                Fail(new EdgeException(EdgeFault.Protocol, _pair.ReceiverName, $"{_pair.ReceiverName} refused {_pair.SenderName}: {EdgeHandshake.ReadText(payload)}"));
                break;
            case Phase.Open when header.Type == EdgeMessageType.Ack:
                TakeAcknowledgement(header, now);
                break;
            case Phase.Open when header.Type == EdgeMessageType.Who:
                Greet(now);
                break;
            case Phase.Proving or Phase.Open when header.Type == EdgeMessageType.Abort:
                Fail(new EdgeException(EdgeFault.PeerFailed, _pair.ReceiverName, $"{_pair.ReceiverName} gave up: {EdgeHandshake.ReadText(payload)}"));
                SayGoodbye();
                break;
            case Phase.Done when header.Type == EdgeMessageType.Ack:
                SayGoodbye();
                break;
        }
    }

    /// <summary>Lets time pass: heartbeats, greetings, sending again, and the bounds on waiting. Call it after everything that came was handled.</summary>
    public void Tick(long now)
    {
        // A pause of this process is not the peer's silence.
        var pause = now - _lastTick;
        if (pause > _options.PeerDeathMs / 2) (_lastHeard, _lastProgress) = (_lastHeard + pause, _lastProgress + pause);
        _lastTick = now;

        switch (_phase)
        {
            case Phase.Greeting or Phase.Proving when !_everOpen && now - _start > _options.RendezvousMs:
                Fail(new EdgeException(EdgeFault.Rendezvous, _pair.ReceiverName,
                    $"{_pair.ReceiverName} was not found by {_pair.SenderName} within {_options.Rendezvous.TotalSeconds:0.#} s{(_refusal is null ? "" : $": {_refusal}")}."));
                return;
            case Phase.Greeting or Phase.Proving or Phase.Open when _everOpen && now - _lastHeard > _options.PeerDeathMs:
                Fail(new EdgeException(EdgeFault.PeerLost, _pair.ReceiverName,
                    $"{_pair.ReceiverName} was silent for {_options.PeerDeath.TotalSeconds:0.#} s; {_next - _acknowledged} of {_next} frames were not acknowledged{(_refusal is null ? "" : $" ({_refusal})")}."));
                return;
            case Phase.Greeting or Phase.Proving or Phase.Open when now - Math.Max(_lastHeard, _lastRenewal) > _options.ReconnectMs && _everOpen:
                _renew = true;
                _lastRenewal = now;
                Greet(now);
                return;
            case Phase.Greeting or Phase.Proving when now - _lastGreeting > Math.Min(1000, _options.HeartbeatMs):
                // The same greeting once more: an answer to the first must still be good on a slow network.
                if (_controls.Count == 0) _controls.Enqueue(Hello());
                _lastGreeting = now;
                return;
            case Phase.Open:
                if (_acknowledged < _cursor && now - _lastProgress > _options.ResendAfterMs) SendAgain(now);
                if (_phase == Phase.Open && now - _lastSent >= _options.HeartbeatMs && _cursor == _next)
                {
                    _controls.Enqueue(new EdgeHeader(EdgeMessageType.Beat, false, _cursor, 0, 0).With([]));
                    _lastSent = now;
                }

                return;
        }
    }

    private void Greet(long now)
    {
        _phase = Phase.Greeting;
        _greeting = EdgeHandshake.WriteGreeting(new EdgeGreeting(EdgeHandshake.NewNonce(), _session, _pair, _options.MaxFrameBytes));
        _controls.Clear();
        _controls.Enqueue(Hello());
        _lastGreeting = now;
    }

    private byte[] Hello() => new EdgeHeader(EdgeMessageType.Hello, false, 0, 0, 0).With(_greeting);

    private void AnswerChallenge(ReadOnlySpan<byte> challenge, long now)
    {
        // The answer to an earlier greeting.
        if (challenge.Length < EdgeHandshake.NonceBytes || !challenge[..EdgeHandshake.NonceBytes].SequenceEqual(_greeting.AsSpan(0, EdgeHandshake.NonceBytes))) return;
        if (EdgeHandshake.AnswerChallenge(_options.Token.Span, _greeting, challenge, out var session) is not { } proof)
        {
            _refusal = "what listens there does not know this run's token";
            return;
        }

        if (_peerSession is not null && !_peerSession.AsSpan().SequenceEqual(session))
        {
            Fail(new EdgeException(EdgeFault.PeerFailed, _pair.ReceiverName, $"{_pair.ReceiverName} was started anew; what it had received is lost."));
            return;
        }

        _refusal = null;
        _peerSession = session;
        _lastHeard = now;
        _phase = Phase.Proving;
        _controls.Enqueue(new EdgeHeader(EdgeMessageType.Proof, false, 0, 0, 0).With(proof));
    }

    private void Enter(EdgeHeader welcome, long now)
    {
        _lastHeard = now;
        _phase = Phase.Open;
        if (_everOpen) Reconnects++;
        _everOpen = true;
        if (!TakeNumbers(welcome, now)) return;
        if (_acknowledged < _cursor) SendAgain(now);
        _lastProgress = now;
    }

    private void TakeAcknowledgement(EdgeHeader header, long now)
    {
        _lastHeard = now;
        if (TakeNumbers(header, now) && header.Gap && header.Sequence == _acknowledged && _acknowledged < _cursor) SendAgain(now);
    }

    private bool TakeNumbers(EdgeHeader header, long now)
    {
        if (header.Sequence > _sent)
        {
            Fail(new EdgeException(EdgeFault.Protocol, _pair.ReceiverName, $"{_pair.ReceiverName} acknowledged {header.Sequence} frames, but only {_sent} were sent."));
            return false;
        }

        // The first grant is the whole credit: nothing was given back before it.
        if (_window == 0) _window = header.Granted;
        _granted = Math.Max(_granted, header.Granted);
        if (header.Sequence <= _acknowledged) return true;
        for (; _acknowledged < header.Sequence; _acknowledged++)
        {
            _unacknowledged.Remove(_acknowledged, out var frame);
            _forget(frame!);
        }

        _cursor = Math.Max(_cursor, _acknowledged);
        _lastProgress = now;
        _resendsInARow = 0;
        if (_end is null || _acknowledged <= _end) return true;
        _phase = Phase.Done;
        SayGoodbye();
        return false;
    }

    private void SayGoodbye()
    {
        _controls.Clear();
        _controls.Enqueue(new EdgeHeader(EdgeMessageType.Bye, false, _next, 0, 0).With([]));
    }

    private void SendAgain(long now)
    {
        if (++_resendsInARow > _options.MaxResends)
        {
            Fail(new EdgeException(EdgeFault.NotAcknowledged, _pair.ReceiverName,
                $"{_pair.ReceiverName} did not acknowledge frame {_acknowledged} of {_next} although it was sent {_resendsInARow} times."));
            return;
        }

        Resent += (long)(_cursor - _acknowledged);
        _cursor = _acknowledged;
        _lastProgress = now;
    }

    private void Fail(EdgeException fault)
    {
        Fault ??= fault;
        _phase = Phase.Faulted;
        _renew = false;
        _controls.Clear();
        foreach (var frame in _unacknowledged.Values) _forget(frame);
        _unacknowledged.Clear();
        _cursor = _sent = _next = _acknowledged;
    }
}
