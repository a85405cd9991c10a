using Stickers.Pipeline.Formats;
using Stickers.Pipeline.Running;

namespace Stickers.Pipeline.Processes;

/// <summary>
/// Hands out the shards of a run and says which workers each passes. A worker that is slow has more shards before it, so the next one goes
/// to another; in lockstep each in turn. No more shards are under way than keep all workers busy: what is not handed out yet can still go to
/// whoever turns out to be fast. For one caller at a time.
/// </summary>
internal sealed class Dispatcher(JobPlan plan, IReadOnlyList<Segment> segments, bool inLockstep)
{
    private readonly int[][] _before = [.. segments.Select(segment => new int[segment.Workers])];
    private readonly int[] _rounds = new int[segments[0].Workers];
    private int _taken;

    // A worker has a shard at hand and one that waits; and those that pass the workers before it are on their way to it.
    private readonly int[] _limits = [.. segments.Select((segment, i) => 2 + (segments.Take(i).Sum(before => before.Index == 0 ? before.Workers : 2 * before.Workers) / segment.Workers))];

    /// <summary>Whether a shard may be taken now, or there are none left; else when a worker is done with one.</summary>
    public bool CanTake => inLockstep || _taken >= plan.Pending.Count || _before.Zip(_limits).Skip(1).All(segment => segment.First.Min() < segment.Second);

    /// <summary>The next shard for a worker of the first segment, or null when all are taken.</summary>
    public (int Index, ShardBegin Shard)? Take(int worker)
    {
        var turn = inLockstep ? worker + (_rounds[worker]++ * segments[0].Workers) : _taken++;
        if (turn >= plan.Pending.Count) return null;
        var route = new int[segments.Count - 1];
        for (var hop = 0; hop < route.Length; hop++)
        {
            var before = _before[hop + 1];
            route[hop] = inLockstep ? turn % before.Length : Array.IndexOf(before, before.Min());
            before[route[hop]]++;
        }

        var index = plan.Pending[turn];
        var shard = plan.Shards[index];
        return (index, new ShardBegin(turn, shard.Name, shard.Input, shard.First, shard.Count, route, null));
    }

    /// <summary>A worker has done a shard.</summary>
    public void Done(Segment segment, int worker)
    {
        if (segment.Index > 0) _before[segment.Index][worker]--;
    }
}
