using System.Collections.Concurrent;

namespace Stickers.Pipeline.Running;

/// <summary>Joins workers of one process by queues.</summary>
internal sealed class LocalWiring(Job job, JobPlan plan, IReadOnlyList<Segment> segments, long queueBytes) : Wiring
{
    private readonly ConcurrentDictionary<StageKind, Lazy<ILocalQueue>> _queues = new();

    public override ShardFeed Feed { get; } = new LocalFeed(job, plan);

    public override Connection<T> Connect<T>(StageKind stage, IItemFormat<T> format)
    {
        var sender = segments.Single(segment => segment.Last == stage);
        return (ShardQueue<T>)_queues.GetOrAdd(
            stage,
            _ => new Lazy<ILocalQueue>(() => new ShardQueue<T>(stage, format, sender.Workers, segments[sender.Index + 1].Workers, queueBytes, job.InLockstep))).Value;
    }

    /// <summary>Bytes that wait before a worker's segment, shared evenly among its workers, and most that may.</summary>
    public (long Bytes, long Capacity) QueueBefore(Segment segment)
    {
        if (segment.Index == 0 || !_queues.TryGetValue(segment.First - 1, out var queue)) return (0, 0);
        var rooms = queue.Value.Rooms;
        return (rooms.Sum(room => room.Used) / segment.Workers, rooms.Sum(room => room.Capacity) / segment.Workers);
    }

    private sealed class LocalFeed(Job job, JobPlan plan) : ShardFeed
    {
        private readonly ConcurrentDictionary<int, int> _rounds = new();
        private int _taken = -1;

        public override ValueTask<ShardRun?> NextAsync(Worker worker, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            var turn = job.InLockstep
                ? worker.Rank + (_rounds.AddOrUpdate(worker.Rank, 0, (_, round) => round + 1) * worker.Segment.Workers)
                : Interlocked.Increment(ref _taken);
            if (turn >= plan.Pending.Count) return ValueTask.FromResult<ShardRun?>(null);
            var index = plan.Pending[turn];
            return ValueTask.FromResult<ShardRun?>(new ShardRun(index, turn, plan.Shards[index], job.Reshapes));
        }
    }
}

/// <summary>A queue whose items' type does not matter.</summary>
internal interface ILocalQueue
{
    IReadOnlyList<ByteBudget> Rooms { get; }
}
