using System.Diagnostics;
using Stickers.Pipeline.Accounting;
using Stickers.Pipeline.Observing;
using Stickers.Storage;

namespace Stickers.Pipeline.Running;

/// <summary>All workers of a job in one process.</summary>
internal sealed class LocalRun(Job job, ObjectStore store, RunOptions options, JobPlan plan)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public TimeSpan Elapsed => _clock.Elapsed;

    public async Task<IReadOnlyList<StageStatus>> RunAsync(IProgress<JobStatus>? progress, CancellationToken cancellation)
    {
        var monitor = StageMonitor.Of(job, plan, options);
        if (plan.Pending.Count == 0) return monitor.Look(Elapsed, []).Stages;

        var segments = Segment.Cut(options.Preprocess, options.Main, options.Postprocess);
        var wiring = new LocalWiring(job, plan, segments, options.QueueBytes);
        var ledger = new Ledger(store, options.Folder, plan.InputsHash);
        using var crew = new Crew(cancellation);
        var workers = segments.SelectMany(segment => MakeWorkers(segment, segments.Sum(other => other.Workers), crew.Token)).ToArray();
        foreach (var worker in workers.DistinctBy(worker => worker.Segment))
        {
            foreach (var stage in worker.Segment.Stages) await job.PrepareAsync(worker.ContextOf(stage));
        }

        var watching = WatchAsync();
        await crew.RunAsync(workers.Select(worker => (Func<Task>)(() => job.RunWorkerAsync(worker, wiring, ledger))));
        await watching;
        var last = Look();
        progress?.Report(last);
        return last.Stages;

        JobStatus Look()
        {
            lock (monitor) return monitor.Look(Elapsed, [.. workers.Select(worker => WorkerSample.Of(worker, wiring.QueueBefore(worker.Segment)))]);
        }

        async Task WatchAsync()
        {
            using var timer = new PeriodicTimer(Tick);
            try
            {
                while (await timer.WaitForNextTickAsync(crew.Done)) progress?.Report(Look());
            }
            catch (OperationCanceledException)
            {
                // The crew is done.
            }
        }
    }

    private IEnumerable<Worker> MakeWorkers(Segment segment, int all, CancellationToken cancellation)
    {
        var threads = Math.Max(1, (options.Threads == 0 ? Environment.ProcessorCount : options.Threads) / all);
        var groups = LocalGroup.Create(segment.Workers, cancellation);
        return groups.Select(group => new Worker(segment, group.Rank, stage => new StageContext
        {
            Stage = stage,
            Group = group,
            Threads = threads,
            Device = options.Device,
            Store = store,
            Folder = options.Folder,
            Cancellation = cancellation,
        }, cancellation));
    }
}
