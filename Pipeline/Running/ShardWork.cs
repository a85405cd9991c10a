using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Stickers.Pipeline.Running;

/// <summary>One worker's work on one shard: the contexts it hands to the functions, and what it counts between them.</summary>
internal sealed class ShardWork(ShardRun run, Worker worker)
{
    public ShardRun Run { get; } = run;

    public Worker Worker { get; } = worker;

    /// <summary>Items that came in by a queue.</summary>
    public long Received { get; private set; }

    public ShardContext ContextOf(StageKind stage) => new(Worker.ContextOf(stage), Run);

    /// <summary>Counts and times what comes out of a stage that runs in this worker, and checks the counts at its end.</summary>
    public IAsyncEnumerable<T> Watch<T>(IAsyncEnumerable<T> items, StageKind stage) => WatchAsync(items, stage, (WorkerPlace)stage, Worker.Cancellation);

    /// <summary>Counts and times what comes out of a queue: items that left <paramref name="stage"/> in another worker.</summary>
    public IAsyncEnumerable<T> WatchQueue<T>(IAsyncEnumerable<T> items, StageKind stage) => WatchAsync(items, stage, WorkerPlace.WaitIn, Worker.Cancellation);

    private async IAsyncEnumerable<T> WatchAsync<T>(IAsyncEnumerable<T> items, StageKind stage, WorkerPlace inside, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var meter = Worker.Meter;
        var outside = (WorkerPlace)(stage + 1);
        var queue = inside == WorkerPlace.WaitIn;
        await using var each = items.GetAsyncEnumerator(cancellation);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            meter.Go(inside);
            var began = Stopwatch.GetTimestamp();
            var more = await each.MoveNextAsync();
            var now = Stopwatch.GetTimestamp();
            meter.Ticks[(int)stage] += now - began;
            meter.Go(outside);
            if (!more) break;
            meter.Moved(stage, now);
            if (queue) Received++;
            else Run.Out[(int)stage]++;
            yield return each.Current;
        }

        if (!queue) Run.Check(stage);
        else if (Received != Run.Out[(int)stage]) throw Run.Mismatch($"{ShardRun.Name(stage)} gave {Run.Out[(int)stage]} items, but {Received} arrived behind it");
        // What leaves the last stage here is read to its end elsewhere.
        if (stage != Worker.Segment.Last) Run.Ended[(int)stage] = true;
    }
}
