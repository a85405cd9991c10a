namespace Stickers.Pipeline.Transport;

/// <summary>What became of a message from a sender.</summary>
internal enum Arrival
{
    /// <summary>No frame, or one that was there before, or one out of turn.</summary>
    Dropped,

    /// <summary>The next frame.</summary>
    Frame,

    /// <summary>The sender has ended its stream, and all of it is here.</summary>
    End,
}

/// <summary>
/// The receiver's half of the protocol with one sender: takes each frame once and in order, and reports what arrived and what was
/// given back. It knows neither sockets nor clocks. Not thread-safe.
/// </summary>
/// <param name="pair">Who talks to whom.</param>
/// <param name="options">The edge's options.</param>
/// <param name="now">Milliseconds of a clock that never goes back.</param>
internal sealed class PairReceiver(EdgePair pair, EdgeOptions options, long now)
{
    /// <summary>A small share of the credit: less is not worth a message of its own until it is <see cref="ReportDelayMs"/> old.</summary>
    private const int ReportShare = 8;
    private const int ReportDelayMs = 20;

    private readonly long _start = now;
    private ulong _expected;
    private ulong _received;
    private ulong _released;
    private ulong _reportedExpected;
    private ulong _reportedReceived;
    private ulong _reportedGrant;
    private bool _givenUp;
    private bool _due;
    private bool _gap;
    private ulong? _gapReported;
    private long _lastTick = now;
    private long _lastHeard = now;
    private long _lastReport = now;

    /// <summary>Why the pair is broken; null while it is not.</summary>
    public EdgeException? Fault { get; private set; }

    /// <summary>The sender's session; null before it was let in.</summary>
    public byte[]? Session { get; private set; }

    /// <summary>Whether the whole stream has arrived.</summary>
    public bool Ended { get; private set; }

    /// <summary>Whether the sender knows that the whole stream has arrived, or that this end gave up.</summary>
    public bool Left { get; private set; }

    /// <summary>Frames that came again and were dropped.</summary>
    public long Doubled { get; private set; }

    /// <summary>Times that something was found missing and asked for.</summary>
    public long Gaps { get; private set; }

    /// <summary>The sender in messages.</summary>
    public EdgePair Pair => pair;

    /// <summary>Bytes that were received and not yet given back, with <see cref="EdgeOptions.FrameOverhead"/> for each frame.</summary>
    public long HeldBytes => (long)(_received - _released);

    /// <summary>Whether the sender has yet to be told of something.</summary>
    public bool HasNews => Session is not null && !Left && (_expected != _reportedExpected || Granted != _reportedGrant);

    private ulong Granted => (ulong)options.CreditBytes + _released;

    /// <summary>The sender has proven who it is, on a new connection. Returns the welcome.</summary>
    public EdgeHeader Admit(byte[] session, long now)
    {
        Session ??= session;
        _lastHeard = now;
        _gapReported = null;
        return Report(EdgeMessageType.Welcome, now);
    }

    /// <summary>Handles one message of the admitted connection.</summary>
    public Arrival Receive(EdgeHeader header, ReadOnlySpan<byte> payload, long now)
    {
        _lastHeard = now;
        switch (header.Type)
        {
            case EdgeMessageType.Bye:
                Left = Ended || _givenUp;
                return Arrival.Dropped;
            case not EdgeMessageType.Abort when _givenUp:
                return Arrival.Dropped;
            case EdgeMessageType.Data or EdgeMessageType.End:
                return Take(header);
            case EdgeMessageType.Beat:
                // All that was sent before the beat has come before it, or is lost.
                if (header.Sequence > _expected && !Ended) NoteGap(again: true);
                return Arrival.Dropped;
            case EdgeMessageType.Abort:
                Fail(EdgeFault.PeerFailed, $"{pair.SenderName} gave up: {EdgeHandshake.ReadText(payload)}");
                return Arrival.Dropped;
            default:
                Fail(EdgeFault.Protocol, $"{pair.SenderName} sent a message of type {header.Type}, which is a receiver's.");
                return Arrival.Dropped;
        }
    }

    /// <summary>This end gives up: nothing is taken any more, and only the sender's farewell counts.</summary>
    public void GiveUp() => _givenUp = true;

    /// <summary>Frames were released that cost this much.</summary>
    public void Release(long cost) => _released += (ulong)cost;

    /// <summary>The acknowledgement to send now, if one is due.</summary>
    public bool TryReport(long now, out EdgeHeader report)
    {
        report = default;
        if (Session is null || Left) return false;
        var share = (ulong)(options.CreditBytes / ReportShare);
        if (!_due && _received - _reportedReceived < share && Granted - _reportedGrant < share
            && !(HasNews && now - _lastReport >= ReportDelayMs) && now - _lastReport < options.HeartbeatMs) return false;
        report = Report(EdgeMessageType.Ack, now);
        return true;
    }

    /// <summary>Lets time pass. Call it after everything that came was handled.</summary>
    public void Tick(long now)
    {
        // A pause of this process is not the peer's silence.
        var pause = now - _lastTick;
        if (pause > options.PeerDeathMs / 2) _lastHeard += pause;
        _lastTick = now;
        if (Ended || Fault is not null) return;
        if (Session is null && now - _start > options.RendezvousMs)
            Fail(EdgeFault.Rendezvous, $"{pair.SenderName} did not come to {pair.ReceiverName} within {options.Rendezvous.TotalSeconds:0.#} s.");
        else if (Session is not null && now - _lastHeard > options.PeerDeathMs)
            Fail(EdgeFault.PeerLost, $"{pair.SenderName} was silent for {options.PeerDeath.TotalSeconds:0.#} s; {_expected} frames had come, and no end.");
    }

    /// <summary>Breaks the pair.</summary>
    public void Fail(EdgeFault fault, string message) => Fault ??= new EdgeException(fault, pair.SenderName, message);

    private Arrival Take(EdgeHeader header)
    {
        if (header.Sequence < _expected)
        {
            Doubled++;
            _due = true;
            return Arrival.Dropped;
        }

        if (header.Sequence > _expected)
        {
            NoteGap(again: false);
            return Arrival.Dropped;
        }

        if (Ended)
        {
            Fail(EdgeFault.Protocol, $"{pair.SenderName} sent frame {header.Sequence} after its end.");
            return Arrival.Dropped;
        }

        if (header.Type == EdgeMessageType.End)
        {
            _expected++;
            Ended = _due = true;
            return Arrival.End;
        }

        var received = _received + (ulong)header.PayloadBytes + EdgeOptions.FrameOverhead;
        if (header.PayloadBytes < 1 || header.PayloadBytes > options.MaxFrameBytes || received > Granted)
        {
            Fail(EdgeFault.Protocol, $"{pair.SenderName} sent a frame of {header.PayloadBytes} bytes: frames have 1 to {options.MaxFrameBytes}, and its credit ends at {Granted - _received - EdgeOptions.FrameOverhead}.");
            return Arrival.Dropped;
        }

        _expected++;
        _received = received;
        _gapReported = null;
        return Arrival.Frame;
    }

    private void NoteGap(bool again)
    {
        if (_gapReported == _expected && !again) return;
        _gapReported = _expected;
        Gaps++;
        _gap = _due = true;
    }

    private EdgeHeader Report(EdgeMessageType type, long now)
    {
        var report = new EdgeHeader(type, _gap && type == EdgeMessageType.Ack, _expected, Granted, 0);
        (_reportedExpected, _reportedReceived, _reportedGrant, _lastReport) = (_expected, _received, Granted, now);
        _gap = _due = false;
        return report;
    }
}
