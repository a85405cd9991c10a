using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Stickers.Pipeline.Processes;
using Stickers.Pipeline.Running;
using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Tests.Processes;

/// <summary>Ranks that are tasks of one process, joined by edges in memory that count their credits as real ones do.</summary>
internal sealed class MemoryWorld : World
{
    private readonly Shared _shared;

    private MemoryWorld(int rank, Shared shared) => (Rank, _shared) = (rank, shared);

    public override int Rank { get; }

    public override int Size => _shared.Said.Length;

    public override int Threads => 1;

    public override bool EndsTogether => false;

    /// <summary>Every edge's rooms, by sender and receiver.</summary>
    public IEnumerable<ByteBudget> Rooms => _shared.Pipes.Values.SelectMany(pipe => pipe.Rooms);

    /// <summary>Changes frames on their way; for faults.</summary>
    public static Func<string, byte[], IEnumerable<byte[]>> Untouched { get; } = (_, frame) => [frame];

    public static IReadOnlyList<MemoryWorld> Create(int size, Func<string, byte[], IEnumerable<byte[]>>? onTheWay = null)
    {
        var shared = new Shared(new byte[size][], new Barrier(size), new ConcurrentDictionary<string, Pipe>(), onTheWay ?? Untouched);
        return [.. Enumerable.Range(0, size).Select(rank => new MemoryWorld(rank, shared))];
    }

    public override IReadOnlyList<byte[]> Exchange(ReadOnlySpan<byte> mine)
    {
        _shared.Said[Rank] = mine.ToArray();
        _shared.Gate.SignalAndWait(TimeSpan.FromSeconds(30));
        var all = _shared.Said.ToArray();
        _shared.Gate.SignalAndWait(TimeSpan.FromSeconds(30));
        return all;
    }

    public override StageGroup Split(int color)
    {
        var colors = Exchange([(byte)color]).Select(said => (int)said[0]).ToArray();
        return new NamedGroup(colors.Take(Rank).Count(other => other == color), colors.Count(other => other == color));
    }

    public override Task<(EdgeReader Reader, string Address)> OpenReaderAsync(EdgeOptions options, int receiver, int receivers, int senders)
    {
        var address = $"{options.Edge}/{receiver}";
        var pipe = new Pipe(options.Edge, senders, options.CreditBytes);
        Assert.True(_shared.Pipes.TryAdd(address, pipe));
        return Task.FromResult<(EdgeReader, string)>((new Reader(pipe), address));
    }

    public override EdgeWriter OpenWriter(EdgeOptions options, int sender, int senders, IReadOnlyList<string> addresses) =>
        new Writer([.. addresses.Select(address => _shared.Pipes[address])], sender, _shared.OnTheWay);

    private sealed record Shared(byte[][] Said, Barrier Gate, ConcurrentDictionary<string, Pipe> Pipes, Func<string, byte[], IEnumerable<byte[]>> OnTheWay);

    private sealed class Pipe(string edge, int senders, long credit)
    {
        private int _left = senders;

        public string Edge { get; } = edge;

        public ByteBudget[] Rooms { get; } = [.. Enumerable.Range(0, senders).Select(_ => new ByteBudget(credit))];

        public Channel<ReceivedFrame> Frames { get; } = Channel.CreateUnbounded<ReceivedFrame>();

        public void End(Exception? fault)
        {
            if (fault is not null) Frames.Writer.TryComplete(fault);
            else if (Interlocked.Decrement(ref _left) == 0) Frames.Writer.TryComplete();
        }
    }

    private sealed class Reader(Pipe pipe) : EdgeReader
    {
        public override async IAsyncEnumerable<ReceivedFrame> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            await foreach (var frame in pipe.Frames.Reader.ReadAllAsync(cancellation)) yield return frame;
        }

        public override ValueTask DisposeAsync()
        {
            pipe.End(new EdgeException(EdgeFault.PeerLost, null, $"The reader of '{pipe.Edge}' has gone."));
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Writer(Pipe[] pipes, int sender, Func<string, byte[], IEnumerable<byte[]>> onTheWay) : EdgeWriter
    {
        private bool _complete;

        public override async ValueTask SendAsync(int receiver, OutgoingFrame frame, CancellationToken cancellation)
        {
            var pipe = pipes[receiver];
            var room = pipe.Rooms[sender];
            var bytes = frame.GetSpan()[..frame.Length].ToArray();
            frame.Release();
            await room.TakeAsync(bytes.Length, cancellation);
            var length = bytes.Length;
            foreach (var copy in onTheWay(pipe.Edge, bytes))
            {
                if (!pipe.Frames.Writer.TryWrite(new ReceivedFrame(sender, copy, () => room.Give(length)))) throw new EdgeException(EdgeFault.PeerLost, null, $"Nobody reads '{pipe.Edge}'.");
            }
        }

        public override Task CompleteAsync(CancellationToken cancellation)
        {
            _complete = true;
            foreach (var pipe in pipes) pipe.End(null);
            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync()
        {
            if (!_complete)
            {
                foreach (var pipe in pipes) pipe.End(new EdgeException(EdgeFault.PeerFailed, null, $"Sender {sender} of '{pipe.Edge}' gave up."));
            }

            return ValueTask.CompletedTask;
        }
    }

    private sealed class NamedGroup(int rank, int size) : StageGroup
    {
        public override int Rank => rank;

        public override int Size => size;

        public override void Barrier() => throw new NotSupportedException();

        public override void Sum(Span<float> values) => throw new NotSupportedException();

        public override void Broadcast(Span<byte> values, int root) => throw new NotSupportedException();
    }
}
