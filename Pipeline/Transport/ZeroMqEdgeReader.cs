using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Stickers.Pipeline.Transport.Interop;

namespace Stickers.Pipeline.Transport;

/// <summary>
/// A receiver's end over ZeroMQ: one ROUTER socket for all senders, on a thread of its own. Frames are shown where libzmq received them,
/// without a copy.
/// </summary>
internal sealed class ZeroMqEdgeReader : EdgeReader
{
    private const int MaxMessagesInARow = 64;
    private const int LingerMs = 5000;
    private const int FrameWaitMs = 20;

    private readonly EdgeOptions _options;
    private readonly EdgeReception _reception;
    private readonly string _bind;
    private readonly Channel<ReceivedFrame> _frames = Channel.CreateUnbounded<ReceivedFrame>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Wakeup _wakeup = new();
    private readonly long[] _released;
    private readonly TaskCompletionSource<EdgeAddress> _bound = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _refused;
    private long _doubled;
    private long _held;
    private volatile bool _stop;
    private int _read;
    private long _nextTick;

    private ZeroMqEdgeReader(EdgeOptions options, int receiver, int receivers, int senders, string bind)
    {
        _options = options;
        _bind = bind;
        _released = new long[senders];
        _reception = new EdgeReception(options, receiver, receivers, senders, Environment.TickCount64);
    }

    /// <summary>Where senders find this reader; see <see cref="EdgeAddress"/> for the text form.</summary>
    public EdgeAddress Address { get; private set; } = new("", null, null);

    /// <summary>Messages of strangers that were dropped.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Frames that came twice and were dropped once.</summary>
    public long Doubled => Interlocked.Read(ref _doubled);

    /// <summary>Bytes that wait here to be released, with <see cref="EdgeOptions.FrameOverhead"/> for each frame.</summary>
    public long HeldBytes => Interlocked.Read(ref _held);

    /// <summary>Listens for senders on a port that the system chooses, and on an abstract Unix socket for those on the same machine.</summary>
    /// <param name="options">The edge's options.</param>
    /// <param name="receiver">This receiver, from 0.</param>
    /// <param name="receivers">Number of receivers.</param>
    /// <param name="senders">Number of senders, at least 1.</param>
    /// <param name="host">Name or address by which senders reach this machine. A numeric address is the only one listened on; with a name, all are.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="EdgeException">libzmq is missing, or the address cannot be listened on.</exception>
    public static async Task<ZeroMqEdgeReader> OpenAsync(EdgeOptions options, int receiver, int receivers, int senders, string host)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(senders, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(receiver);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(receiver, receivers);
        var numeric = System.Net.IPAddress.TryParse(host, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
        var reader = new ZeroMqEdgeReader(options, receiver, receivers, senders, $"tcp://{(numeric ? host : "*")}:*");
        new Thread(reader.Run) { IsBackground = true, Name = $"edge {options.Edge} in" }.Start();
        var bound = await reader._bound.Task.ConfigureAwait(false);
        reader.Address = bound with { Tcp = $"tcp://{host}:{bound.Tcp[(bound.Tcp.LastIndexOf(':') + 1)..]}" };
        return reader;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ReceivedFrame> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _read, 1) != 0) throw new InvalidOperationException($"Edge '{_options.Edge}' is read already, and is to be read once.");
        await foreach (var frame in _frames.Reader.ReadAllAsync(cancellation).ConfigureAwait(false)) yield return frame;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _stop = true;
        _wakeup.Call();
        await _stopped.Task.ConfigureAwait(false);
        while (_frames.Reader.TryRead(out var frame)) frame.Release();
    }

    private void Run()
    {
        Exception? end = null;
        try
        {
            using var context = new ZeroMqContext();
            using var router = context.Open(Libzmq.ZMQ_ROUTER, _options.MaxFrameBytes + EdgeHeader.Size + 1024L);
            router.Set(Libzmq.ZMQ_ROUTER_MANDATORY, 1);
            _bound.SetResult(Listen(router));
            end = Receive(router);
            // Nothing waits for a peer here but libzmq's last acknowledgement or abort, and that not for long.
            router.Set(Libzmq.ZMQ_LINGER, LingerMs);
        }
        catch (Exception fault)
        {
            // The thread's last resort: whoever reads is told.
            end = fault;
        }
        finally
        {
            _wakeup.Dispose();
            if (end is not null) _bound.TrySetException(end);
            _frames.Writer.TryComplete(end);
            _stopped.SetResult();
        }
    }

    private EdgeAddress Listen(ZeroMqSocket router)
    {
        var local = $"ipc://@stickers-{Convert.ToHexStringLower(EdgeHandshake.NewNonce())}";
        router.Bind(local);
        router.Bind(_bind);
        return new EdgeAddress(router.LastEndpoint, local, EdgeAddress.ThisMachine);
    }

    /// <summary>Runs until all is received and said, or something breaks, or the reader is disposed of. Returns what broke.</summary>
    private EdgeException? Receive(ZeroMqSocket router)
    {
        var envelope = new ZeroMqMessage();
        var body = new ZeroMqMessage();
        try
        {
            var completed = false;
            var farewell = long.MaxValue;
            while (true)
            {
                _wakeup.WakeUp();
                var busy = ReceiveSome(router, envelope, ref body);
                var now = Environment.TickCount64;
                GiveBack();
                if (busy && now < _nextTick) continue;

                // All that came is handled, or a millisecond is over.
                _nextTick = now + 1;
                _reception.Tick(now);
                Interlocked.Exchange(ref _doubled, _reception.Senders.Sum(sender => sender.Doubled));
                Interlocked.Exchange(ref _refused, _reception.Refused);
                SendOutbox(router);
                if (_reception.FindFault() is { } fault)
                {
                    GiveUp(router, fault, fault.Message, envelope, ref body);
                    return fault;
                }

                if (_reception.Ended && !completed)
                {
                    completed = true;
                    _frames.Writer.TryComplete();
                }

                if (completed && _stop)
                {
                    // The last acknowledgement may be lost on its way; who asks again must find someone.
                    if (farewell == long.MaxValue) farewell = now + _options.FarewellMs;
                    if (_reception.Left || now >= farewell) return null;
                }
                else if (_stop)
                {
                    var closed = new EdgeException(EdgeFault.PeerFailed, null, $"Edge '{_options.Edge}' was closed before the end of its streams.");
                    GiveUp(router, closed, "its reader was closed before the end", envelope, ref body);
                    return closed;
                }

                if (!busy) Sleep(router);
            }
        }
        finally
        {
            envelope.Release();
            body.Release();
        }
    }

    /// <summary>
    /// Tells the own reader at once and the senders why nothing more is taken, and stays until they have answered: of a connection that is closed, libzmq
    /// throws away what the other side has not read yet, the reason too.
    /// </summary>
    private void GiveUp(ZeroMqSocket router, EdgeException fault, string reason, ZeroMqMessage envelope, ref ZeroMqMessage body)
    {
        _frames.Writer.TryComplete(fault);
        _reception.Abort(reason);
        var until = Environment.TickCount64 + _options.FarewellMs;
        while (true)
        {
            _wakeup.WakeUp();
            var busy = ReceiveSome(router, envelope, ref body);
            SendOutbox(router);
            if (_reception.Parted || Environment.TickCount64 >= until) return;
            if (!busy) Sleep(router);
        }
    }

    private bool ReceiveSome(ZeroMqSocket router, ZeroMqMessage envelope, ref ZeroMqMessage body)
    {
        for (var i = 0; i < MaxMessagesInARow; i++)
        {
            if (!router.TryReceive(envelope, out var more)) return i > 0;
            // libzmq names connections by a zero and four bytes; a stranger may name itself otherwise.
            var name = envelope.GetSpan();
            var known = name.Length == 5 && name[0] == 0;
            var connection = known ? BitConverter.ToUInt32(name[1..]) : 0;
            var parts = 0;
            while (more)
            {
                if (!router.TryReceive(body, out more)) break;
                parts++;
            }

            if (!known || parts != 1)
            {
                _reception.Drop("someone sent what no edge sends");
                continue;
            }

            if (_reception.Receive(connection, body.GetSpan(), Environment.TickCount64, out var sender) != Arrival.Frame) continue;
            Deliver(sender, body);
            body = new ZeroMqMessage();
        }

        return true;
    }

    private void Deliver(int sender, ZeroMqMessage message)
    {
        var data = message.Memory[EdgeHeader.Size..];
        var cost = data.Length + EdgeOptions.FrameOverhead;
        Interlocked.Add(ref _held, cost);
        _frames.Writer.TryWrite(new ReceivedFrame(sender, data, () =>
        {
            message.Release();
            Interlocked.Add(ref _held, -cost);
            // The thread looks for small amounts by itself; only what lets a sender go on is worth waking it.
            if (Interlocked.Add(ref _released[sender], cost) >= _options.CreditBytes / 8) _wakeup.Call();
        }));
    }

    private void GiveBack()
    {
        for (var i = 0; i < _released.Length; i++)
        {
            if (Volatile.Read(ref _released[i]) == 0) continue;
            _reception.Senders[i].Release(Interlocked.Exchange(ref _released[i], 0));
        }
    }

    private void SendOutbox(ZeroMqSocket router)
    {
        Span<byte> envelope = stackalloc byte[5];
        while (_reception.Outbox.TryDequeue(out var next))
        {
            envelope[0] = 0;
            BitConverter.TryWriteBytes(envelope[1..], next.Connection);
            // Who has gone meanwhile greets again when it comes back.
            if (router.TrySend(envelope, more: true)) router.TrySend(next.Message);
        }
    }

    private unsafe void Sleep(ZeroMqSocket router)
    {
        if (!_wakeup.TryFallAsleep()) return;
        // Small releases do not wake this thread: while frames are out it looks for them itself.
        var wait = Interlocked.Read(ref _held) > 0 ? FrameWaitMs : Math.Min(_options.HeartbeatMs / 2, 100);
        foreach (var sender in _reception.Senders)
            if (sender.HasNews) wait = Math.Min(wait, FrameWaitMs);
        var items = stackalloc PollItem[2];
        items[0] = new PollItem { Socket = router.Handle, Events = Libzmq.ZMQ_POLLIN };
        items[1] = new PollItem { FileDescriptor = _wakeup.Descriptor, Events = Libzmq.ZMQ_POLLIN };
        _ = Libzmq.zmq_poll(items, 2, (nint)Math.Max(1, wait));
    }
}
