using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Stickers.Pipeline.Running;

/// <summary>
/// The queue between two stages of one process. A sender's shards come one after the other and share the sender's room, so the shard at
/// hand can always move on. Shards go to whichever receiver is free first or, in lockstep, to each receiver in turn and in order.
/// </summary>
internal sealed class ShardQueue<T> : Connection<T>, ILocalQueue
{
    // What holding an item costs beyond its own size.
    private const int Overhead = 16;

    private readonly IItemFormat<T> _format;
    private readonly StageKind _stage;
    private readonly ByteBudget[] _rooms;
    private readonly Channel<ItemStream>[] _shards;
    private int _senders;

    /// <param name="stage">The stage whose outputs these are.</param>
    /// <param name="format">Says how large items are.</param>
    /// <param name="senders">Workers of that stage.</param>
    /// <param name="receivers">Workers of the next one.</param>
    /// <param name="capacity">Most bytes in the whole queue.</param>
    /// <param name="inLockstep">Whether receivers take turns.</param>
    public ShardQueue(StageKind stage, IItemFormat<T> format, int senders, int receivers, long capacity, bool inLockstep)
    {
        (_stage, _format, _senders) = (stage, format, senders);
        _rooms = [.. Enumerable.Range(0, senders).Select(_ => new ByteBudget(Math.Max(1, capacity / senders)))];
        _shards = [.. Enumerable.Range(0, inLockstep ? receivers : 1).Select(_ => Channel.CreateUnbounded<ItemStream>())];
    }

    /// <summary>Each sender's room.</summary>
    public IReadOnlyList<ByteBudget> Rooms => _rooms;

    public override ShardOutlet<T> OutletOf(Worker worker) => new Outlet(this, _rooms[worker.Rank]);

    public override ShardInlet<T> InletOf(Worker worker) =>
        _shards.Length == 1 ? new Inlet(this, _shards[0].Reader) : new InOrder<T>(new Inlet(this, _shards[worker.Rank].Reader), worker.Rank, _shards.Length);

    private sealed class ItemStream(ShardRun run, ByteBudget room)
    {
        public ShardRun Run { get; } = run;

        public ByteBudget Room { get; } = room;

        public Channel<(T Item, long Bytes)> Items { get; } = Channel.CreateUnbounded<(T, long)>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    }

    private sealed class Outlet(ShardQueue<T> queue, ByteBudget room) : ShardOutlet<T>
    {
        public override async Task ConsumeAsync(IAsyncEnumerable<T> items, ShardWork work)
        {
            var meter = work.Worker.Meter;
            var stream = new ItemStream(work.Run, room);
            queue._shards[work.Run.Turn % queue._shards.Length].Writer.TryWrite(stream);
            await foreach (var item in items)
            {
                var bytes = queue._format.SizeOf(item) + Overhead;
                var waiting = room.TakeAsync(bytes, work.Worker.Cancellation);
                if (!waiting.IsCompletedSuccessfully)
                {
                    meter.Go(WorkerPlace.WaitOut);
                    var began = Stopwatch.GetTimestamp();
                    await waiting;
                    meter.WaitOut += Stopwatch.GetTimestamp() - began;
                }

                stream.Items.Writer.TryWrite((item, bytes));
            }

            stream.Items.Writer.Complete();
        }

        public override Task CompleteAsync(CancellationToken cancellation)
        {
            if (Interlocked.Decrement(ref queue._senders) == 0)
            {
                foreach (var shards in queue._shards) shards.Writer.Complete();
            }

            return Task.CompletedTask;
        }
    }

    private sealed class Inlet(ShardQueue<T> queue, ChannelReader<ItemStream> shards) : ShardInlet<T>
    {
        public override async IAsyncEnumerable<Arrival<T>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            await foreach (var stream in shards.ReadAllAsync(cancellation))
                yield return new Arrival<T>(stream.Run, work => work.WatchQueue(ItemsOf(stream, cancellation), queue._stage));
        }

        private static async IAsyncEnumerable<T> ItemsOf(ItemStream stream, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await foreach (var (item, bytes) in stream.Items.Reader.ReadAllAsync(cancellation))
            {
                stream.Room.Give(bytes);
                yield return item;
            }
        }
    }
}
