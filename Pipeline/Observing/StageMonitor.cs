using Stickers.Pipeline.Running;

namespace Stickers.Pipeline.Observing;

/// <summary>Makes one status of what all workers say, and notices who holds the others up.</summary>
/// <param name="shards">Shards in all.</param>
/// <param name="before">Of these, done before this run.</param>
/// <param name="items">Items of the shards of this run, where the source knows it.</param>
/// <param name="lastCounted">Up to this stage as many items come in as the source has.</param>
/// <param name="stallAfter">How long a worker may be at one item.</param>
internal sealed class StageMonitor(int shards, int before, long? items, StageKind lastCounted, TimeSpan stallAfter)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Queue<(TimeSpan Time, long[] Items)> _history = new();
    private readonly HashSet<(StageKind First, int Rank)> _stalled = [];

    public static StageMonitor Of(Job job, JobPlan plan, RunOptions options) => new(
        plan.Shards.Count,
        plan.Shards.Count - plan.Pending.Count,
        plan.PendingItems,
        Enum.GetValues<StageKind>().First(stage => stage == StageKind.Sink || job.Reshapes(stage)),
        options.StallAfter);

    public JobStatus Look(TimeSpan elapsed, IReadOnlyList<WorkerSample> workers)
    {
        var stages = Enum.GetValues<StageKind>().Select(stage => Sum(stage, elapsed, workers)).ToArray();
        _history.Enqueue((elapsed, [.. stages.Select(stage => stage.Items)]));
        while (_history.Count > 2 && elapsed - _history.Peek().Time > Window) _history.Dequeue();
        foreach (var stage in stages)
        {
            if (stage.QueueBytes is { } waiting) PipelineTelemetry.Queue(stage.Stage, waiting);
        }

        var done = before + (int)workers.Where(worker => worker.Last == StageKind.Sink).Sum(worker => worker.Shards);
        return new JobStatus(elapsed, shards, done, stages, FindStall(workers, stages));
    }

    private StageStatus Sum(StageKind stage, TimeSpan elapsed, IReadOnlyList<WorkerSample> all)
    {
        var at = (int)stage;
        var workers = all.Where(worker => worker.First <= stage && stage <= worker.Last).ToArray();
        var isFirst = stage > StageKind.Source && workers is [{ } some, ..] && some.First == stage;
        var isLast = workers is [{ } other, ..] && other.Last == stage;
        var count = workers.Sum(worker => worker.Items[stage == StageKind.Sink ? at - 1 : at]);
        var (begun, then) = _history.TryPeek(out var oldest) ? oldest : (TimeSpan.Zero, new long[5]);
        long? total = stage < lastCounted || stage == StageKind.Sink && lastCounted == StageKind.Sink ? items : null;
        var shardsHere = workers.Sum(worker => worker.Shards);
        var share = total is > 0 ? (double)count / total.Value : shards > before ? (double)shardsHere / (shards - before) : 1;
        return new StageStatus
        {
            Stage = stage,
            Workers = workers.Length,
            Items = count,
            Total = total,
            PerSecond = elapsed > begun ? (count - then[at]) / (elapsed - begun).TotalSeconds : 0,
            Busy = Seconds(workers.Sum(worker => worker.Seconds[at] - (at == 0 ? 0 : worker.Seconds[at - 1]))),
            WaitIn = Seconds(isFirst ? workers.Sum(worker => worker.Seconds[at - 1]) : 0),
            WaitOut = Seconds(isLast ? workers.Sum(worker => worker.WaitOut) : 0),
            QueueBytes = isFirst ? workers.Sum(worker => worker.QueueBytes) : null,
            QueueCapacity = isFirst ? workers.Sum(worker => worker.QueueCapacity) : null,
            Remaining = share is > 0 and <= 1 ? elapsed * ((1 - share) / share) : null,
        };
    }

    /// <summary>A worker that waits is held up by another; one that is in its own code, and lets no item go, holds up the others.</summary>
    private string? FindStall(IReadOnlyList<WorkerSample> workers, StageStatus[] stages)
    {
        string? warning = null;
        foreach (var worker in workers)
        {
            var stuck = worker.Place <= WorkerPlace.Sink && worker.Still > stallAfter.TotalSeconds;
            if (!stuck) _stalled.Remove((worker.First, worker.Rank));
            else if (_stalled.Add((worker.First, worker.Rank))) warning ??= Describe(worker, stages, workers);
        }

        return warning;
    }

    private static string Describe(WorkerSample worker, StageStatus[] stages, IReadOnlyList<WorkerSample> workers)
    {
        var stage = stages[(int)worker.Place];
        var text = $"{ShardRun.Name(stage.Stage)} stands still: worker {worker.Rank} of {stage.Workers} has let no item go for {worker.Still:0} s";
        if (stage is { QueueBytes: { } bytes, QueueCapacity: > 0 and { } capacity }) text += $", its input queue is {100 * bytes / capacity} % full";
        var waiting = workers.Where(other => other.Place is WorkerPlace.WaitIn or WorkerPlace.WaitOut).Select(other => ShardRun.Name(other.Place == WorkerPlace.WaitIn ? other.First : other.Last)).Distinct().Where(name => name != ShardRun.Name(stage.Stage)).ToArray();
        return waiting.Length == 0 ? text + "." : $"{text}; {string.Join(" and ", waiting)} wait{(waiting.Length == 1 ? "s" : "")}.";
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Max(0, seconds));
}
