using Stickers.Pipeline.Transport.Interop;

namespace Stickers.Pipeline.Transport;

/// <summary>
/// A sender's end over ZeroMQ: one DEALER socket for each receiver, all on one thread. A frame's own memory is the message that libzmq sends and
/// that is kept, without a copy, until it is acknowledged.
/// </summary>
internal sealed class ZeroMqEdgeWriter : EdgeWriter
{
    private const int LingerMs = 5000;
    private const int MaxStepsInARow = 64;
    private const int SleepMs = 100;
    private const int ReconnectMs = 250;

    private readonly EdgeOptions _options;
    private readonly Outlet[] _outlets;
    private readonly Wakeup _wakeup = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Exception? _fault;
    private volatile bool _stop;

    private ZeroMqEdgeWriter(EdgeOptions options, int sender, int senders, IReadOnlyList<EdgeAddress> receivers)
    {
        _options = options;
        var session = EdgeHandshake.NewNonce();
        var now = Environment.TickCount64;
        _outlets =
        [
            .. receivers.Select((address, receiver) => new Outlet(
                address.Nearest,
                new PairSender<ZeroMqMessage>(new EdgePair(options.Edge, sender, senders, receiver, receivers.Count), options, session, message => message.Release(), now))),
        ];
    }

    /// <summary>Frames that were sent again.</summary>
    public long Resent => Sum(pair => pair.Resent);

    /// <summary>Connections that were opened after the first to each receiver.</summary>
    public long Reconnects => Sum(pair => pair.Reconnects);

    /// <summary>Bytes that were sent and that receivers have not yet given back, with <see cref="EdgeOptions.FrameOverhead"/> for each frame.</summary>
    public long OutstandingBytes => Sum(pair => pair.OutstandingBytes);

    /// <summary>Starts to look for the receivers. The first frame to each waits until it is found.</summary>
    /// <param name="options">The edge's options.</param>
    /// <param name="sender">This sender, from 0.</param>
    /// <param name="senders">Number of senders.</param>
    /// <param name="receivers">Addresses of the receivers, by number; at least one.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static ZeroMqEdgeWriter Open(EdgeOptions options, int sender, int senders, IReadOnlyList<EdgeAddress> receivers)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(sender);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sender, senders);
        ArgumentOutOfRangeException.ThrowIfLessThan(receivers.Count, 1);
        var writer = new ZeroMqEdgeWriter(options, sender, senders, receivers);
        new Thread(writer.Run) { IsBackground = true, Name = $"edge {options.Edge} out" }.Start();
        return writer;
    }

    /// <inheritdoc/>
    public override async ValueTask SendAsync(int receiver, OutgoingFrame frame, CancellationToken cancellation)
    {
        try
        {
            ArgumentOutOfRangeException.ThrowIfNegative(receiver);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(receiver, _outlets.Length);
            ArgumentOutOfRangeException.ThrowIfLessThan(frame.Length, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(frame.Length, _options.MaxFrameBytes);
            cancellation.ThrowIfCancellationRequested();
            while (!TrySend(_outlets[receiver], frame, out var changed)) await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            // Empty, once it was sent.
            frame.Release();
        }
    }

    /// <inheritdoc/>
    public override async Task CompleteAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        foreach (var outlet in _outlets)
        {
            lock (outlet) outlet.Pair.End(sequence => ZeroMqMessage.Of(OutgoingFrame.Of([]), EdgeMessageType.End, sequence));
        }

        _wakeup.Call();
        foreach (var outlet in _outlets)
        {
            while (true)
            {
                Task changed;
                lock (outlet)
                {
                    if (outlet.Pair.Completed) break;
                    ThrowIfBroken();
                    changed = outlet.NextChange();
                }

                await changed.WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _stop = true;
        _wakeup.Call();
        await _stopped.Task.ConfigureAwait(false);
    }

    private bool TrySend(Outlet outlet, OutgoingFrame frame, out Task changed)
    {
        changed = Task.CompletedTask;
        lock (outlet)
        {
            ThrowIfBroken();
            if (!outlet.Pair.TryReserve(frame.Length, out var sequence))
            {
                changed = outlet.NextChange();
                return false;
            }

            outlet.Pair.Enqueue(ZeroMqMessage.Of(frame, EdgeMessageType.Data, sequence));
        }

        _wakeup.Call();
        return true;
    }

    private void ThrowIfBroken()
    {
        ObjectDisposedException.ThrowIf(_stop, this);
        if (_fault is EdgeException edge) throw new EdgeException(edge.Fault, edge.Peer, edge.Message, edge);
        if (_fault is { } other) throw new EdgeException(EdgeFault.Socket, null, $"Edge '{_options.Edge}' broke: {other.Message}", other);
    }

    private long Sum(Func<PairSender<ZeroMqMessage>, long> count)
    {
        var sum = 0L;
        foreach (var outlet in _outlets)
        {
            lock (outlet) sum += count(outlet.Pair);
        }

        return sum;
    }

    private void Run()
    {
        try
        {
            using var context = new ZeroMqContext();
            try
            {
                foreach (var outlet in _outlets) outlet.Socket = Connect(context, outlet.Address);
                Serve(context);
            }
            finally
            {
                foreach (var outlet in _outlets) outlet.Socket?.Dispose();
            }
        }
        catch (Exception fault)
        {
            // The thread's last resort: whoever sends is told.
            _fault ??= fault;
        }
        finally
        {
            _stop |= _fault is null;
            foreach (var outlet in _outlets)
            {
                lock (outlet)
                {
                    outlet.Pair.Abort("closed");
                    outlet.Changed();
                }
            }

            _wakeup.Dispose();
            _stopped.SetResult();
        }
    }

    private ZeroMqSocket Connect(ZeroMqContext context, string address)
    {
        var socket = context.Open(Libzmq.ZMQ_DEALER, EdgeHeader.Size + 1024);
        try
        {
            // Credits bound what waits; a queue only where there is a connection, so that nothing stale follows a new one.
            socket.Set(Libzmq.ZMQ_SNDHWM, 0);
            socket.Set(Libzmq.ZMQ_IMMEDIATE, 1);
            // Longer than this thread sleeps, so that it sees each connection that was cut.
            socket.Set(Libzmq.ZMQ_RECONNECT_IVL, ReconnectMs);
            socket.Set(Libzmq.ZMQ_RECONNECT_IVL_MAX, 1000);
            socket.Connect(address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Runs until the writer is disposed of or a receiver is lost; then tells all others.</summary>
    private void Serve(ZeroMqContext context)
    {
        var incoming = new ZeroMqMessage();
        try
        {
            while (_fault is null && !_stop)
            {
                _wakeup.WakeUp();
                var busy = false;
                foreach (var outlet in _outlets) busy |= ServeOne(context, outlet, incoming);
                if (!busy) Sleep();
            }

            Part(context, incoming);
        }
        finally
        {
            incoming.Release();
        }
    }

    /// <summary>Tells who does not have everything that nothing more comes, and stays until they have answered; a connection closed before might take the reason with it.</summary>
    private void Part(ZeroMqContext context, ZeroMqMessage incoming)
    {
        foreach (var outlet in _outlets)
        {
            lock (outlet)
            {
                outlet.Pair.Abort(_fault?.Message ?? "its writer was closed before the end");
                outlet.Socket!.Set(Libzmq.ZMQ_LINGER, LingerMs);
            }
        }

        var until = Environment.TickCount64 + _options.FarewellMs;
        while (true)
        {
            _wakeup.WakeUp();
            var (busy, parted) = (false, true);
            foreach (var outlet in _outlets)
            {
                busy |= ServeOne(context, outlet, incoming);
                parted &= outlet.Pair.Parted;
            }

            if (parted || Environment.TickCount64 >= until) return;
            if (!busy) Sleep();
        }
    }

    private bool ServeOne(ZeroMqContext context, Outlet outlet, ZeroMqMessage incoming)
    {
        lock (outlet)
        {
            var received = 0;
            for (; received < MaxStepsInARow && outlet.Socket!.TryReceive(incoming, out var more); received++)
            {
                // Receivers send single parts.
                if (!more && !outlet.InMultipart) outlet.Pair.Receive(incoming.GetSpan(), Environment.TickCount64);
                outlet.InMultipart = more;
            }

            var busy = received > 0;
            var now = Environment.TickCount64;
            if (received < MaxStepsInARow) outlet.Pair.Tick(now);
            outlet.Blocked = false;
            for (var i = 0; i < MaxStepsInARow && outlet.Pair.TryPeek(out var step); i++)
            {
                if (step.Renew)
                {
                    outlet.Socket!.Dispose();
                    outlet.Socket = Connect(context, outlet.Address);
                }
                else if (!(step.Control is { } control ? outlet.Socket!.TrySend(control) : outlet.Socket!.TrySend(step.Frame!)))
                {
                    outlet.Pair.Disconnected(now);
                    outlet.Blocked = true;
                    break;
                }

                outlet.Pair.Advance(now);
                busy = true;
            }

            // A connection that is cut while there is nothing to say would else be noticed only by the next heartbeat.
            if (!busy && !outlet.Blocked && !outlet.Socket!.CanSend) outlet.Pair.Disconnected(now);
            if (outlet.Pair.Fault is { } fault) _fault ??= fault;
            if (busy || _fault is not null) outlet.Changed();
            return busy;
        }
    }

    private unsafe void Sleep()
    {
        if (!_wakeup.TryFallAsleep()) return;
        var items = new PollItem[_outlets.Length + 1];
        for (var i = 0; i < _outlets.Length; i++)
        {
            // Without a connection there is nothing to send to: the socket says when there is one.
            var events = _outlets[i].Blocked ? Libzmq.ZMQ_POLLIN | Libzmq.ZMQ_POLLOUT : Libzmq.ZMQ_POLLIN;
            items[i] = new PollItem { Socket = _outlets[i].Socket!.Handle, Events = (short)events };
        }

        items[^1] = new PollItem { FileDescriptor = _wakeup.Descriptor, Events = Libzmq.ZMQ_POLLIN };
        fixed (PollItem* all = items)
            _ = Libzmq.zmq_poll(all, items.Length, (nint)Math.Max(1, Math.Min(_options.HeartbeatMs / 2, SleepMs)));
    }

    /// <summary>What leads to one receiver. Its lock guards the pair; the socket is the thread's.</summary>
    private sealed class Outlet(string address, PairSender<ZeroMqMessage> pair)
    {
        private TaskCompletionSource? _change;

        public string Address => address;

        public PairSender<ZeroMqMessage> Pair => pair;

        public ZeroMqSocket? Socket { get; set; }

        public bool Blocked { get; set; }

        public bool InMultipart { get; set; }

        /// <summary>A task that ends when something has changed that a waiting sender may wait for. Under the lock.</summary>
        public Task NextChange() => (_change ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        /// <summary>Lets those who wait look again. Under the lock.</summary>
        public void Changed()
        {
            _change?.SetResult();
            _change = null;
        }
    }
}
