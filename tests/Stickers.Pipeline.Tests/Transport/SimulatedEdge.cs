using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Tests.Transport;

/// <summary>What a simulated network does to each message.</summary>
internal sealed record NetworkFaults(double Loss, double Doubling, int MaxDelayMs, double Cut);

/// <summary>
/// The protocol of several senders and one receiver over a network and a clock that exist only here: messages are lost, doubled, overtaken,
/// and connections are cut, all from one seed.
/// </summary>
internal sealed class SimulatedEdge
{
    private readonly Random _random;
    private readonly NetworkFaults _faults;
    private readonly EdgeOptions _options;
    private readonly PairSender<byte[]>[] _senders;
    private readonly uint[] _connections;
    private readonly PriorityQueue<(int Sender, uint Connection, bool Forward, byte[] Message), (long Due, long Order)> _network = new();
    private readonly PriorityQueue<(int Sender, long Cost), long> _held = new();
    private readonly int[] _toSend;
    private readonly int[] _created;
    private uint _nextConnection = 1;
    private long _order;
    private long _now = 1000;

    public SimulatedEdge(int seed, int senders, int framesEach, NetworkFaults faults, EdgeOptions options)
    {
        _random = new Random(seed);
        _faults = faults;
        _options = options;
        Reception = new EdgeReception(options, 0, 1, senders, _now);
        _senders = [.. Enumerable.Range(0, senders).Select(sender => new PairSender<byte[]>(new EdgePair(options.Edge, sender, senders, 0, 1), options, EdgeHandshake.NewNonce(), _ => { }, _now))];
        _connections = [.. _senders.Select(_ => _nextConnection++)];
        _toSend = [.. _senders.Select(_ => framesEach)];
        _created = new int[senders];
        Sent = [.. _senders.Select(_ => new List<byte[]>())];
        Received = [.. _senders.Select(_ => new List<byte[]>())];
    }

    public EdgeReception Reception { get; }

    public List<byte[]>[] Sent { get; }

    public List<byte[]>[] Received { get; }

    public long MostOutstanding { get; private set; }

    public long MostHeld { get; private set; }

    public long Now => _now;

    public IReadOnlyList<PairSender<byte[]>> Senders => _senders;

    /// <summary>While true, nothing of the receiver's arrives anywhere, and nothing reaches it.</summary>
    public bool ReceiverDead { get; set; }

    public bool Completed => _senders.All(sender => sender.Completed) && Reception.Ended;

    public EdgeException? Fault => _senders.Select(sender => sender.Fault).FirstOrDefault(fault => fault is not null) ?? Reception.FindFault();

    /// <summary>Runs until all is done, something breaks (if that is to end it), or the simulated time is over.</summary>
    public void Run(long milliseconds, bool evenBroken = false)
    {
        var end = _now + milliseconds;
        while (_now < end && !Completed && (evenBroken || Fault is null))
        {
            Step();
            _now += 1 + _random.Next(5);
        }
    }

    private void Step()
    {
        for (var i = 0; i < _senders.Length; i++)
        {
            if (_random.NextDouble() < _faults.Cut) _connections[i] = _nextConnection++;
            Produce(i);
        }

        while (_network.TryPeek(out var next, out var time) && time.Due <= _now)
        {
            _network.Dequeue();
            // What was on a connection that was cut is lost.
            if (next.Connection != _connections[next.Sender] || ReceiverDead) continue;
            if (next.Forward) Arrive(next.Connection, next.Message);
            else _senders[next.Sender].Receive(next.Message, _now);
        }

        while (_held.TryPeek(out var held, out var due) && due <= _now)
        {
            _held.Dequeue();
            Reception.Senders[held.Sender].Release(held.Cost);
        }

        if (!ReceiverDead) Reception.Tick(_now);
        while (Reception.Outbox.TryDequeue(out var reply))
        {
            var sender = Array.IndexOf(_connections, reply.Connection);
            if (sender >= 0) Transmit(sender, reply.Connection, false, reply.Message);
        }

        for (var i = 0; i < _senders.Length; i++)
        {
            _senders[i].Tick(_now);
            while (_senders[i].TryPeek(out var step))
            {
                if (step.Renew) _connections[i] = _nextConnection++;
                else Transmit(i, _connections[i], true, step.Control ?? step.Frame!);
                _senders[i].Advance(_now);
            }

            MostOutstanding = Math.Max(MostOutstanding, _senders[i].OutstandingBytes);
            MostHeld = Math.Max(MostHeld, Reception.Senders[i].HeldBytes);
        }
    }

    private void Produce(int sender)
    {
        for (var burst = _random.Next(4); burst > 0 && _created[sender] < _toSend[sender]; burst--)
        {
            var frame = new byte[1 + _random.Next(_options.MaxFrameBytes)];
            _random.NextBytes(frame);
            if (!_senders[sender].TryReserve(frame.Length, out var sequence)) return;
            _senders[sender].Enqueue(new EdgeHeader(EdgeMessageType.Data, false, sequence, 0, 0).With(frame));
            Sent[sender].Add(frame);
            _created[sender]++;
        }

        if (_created[sender] == _toSend[sender]) _senders[sender].End(sequence => new EdgeHeader(EdgeMessageType.End, false, sequence, 0, 0).With([]));
    }

    private void Arrive(uint connection, byte[] message)
    {
        if (Reception.Receive(connection, message, _now, out var sender) != Arrival.Frame) return;
        var frame = message[EdgeHeader.Size..];
        Received[sender].Add(frame);
        _held.Enqueue((sender, frame.Length + EdgeOptions.FrameOverhead), _now + _random.Next(50));
    }

    private void Transmit(int sender, uint connection, bool forward, byte[] message)
    {
        if (_random.NextDouble() < _faults.Loss) return;
        var copies = _random.NextDouble() < _faults.Doubling ? 2 : 1;
        for (; copies > 0; copies--) _network.Enqueue((sender, connection, forward, message), (_now + _random.Next(_faults.MaxDelayMs + 1), _order++));
    }
}
