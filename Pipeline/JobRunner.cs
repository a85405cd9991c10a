using Stickers.Pipeline.Accounting;
using Stickers.Pipeline.Observing;
using Stickers.Pipeline.Running;
using Stickers.Storage;

namespace Stickers.Pipeline;

/// <summary>Runs jobs.</summary>
public static class JobRunner
{
    /// <summary>
    /// Runs a job in this process until all its shards are written. One that was interrupted is gone on with; one that is finished is returned
    /// at once.
    /// </summary>
    /// <param name="job">Disposed at the end.</param>
    /// <param name="store">Holds the input, as far as the source uses it, and the output.</param>
    /// <param name="options">Where, and with how many workers.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="cancellation">Stops the job; what is written stays.</param>
    /// <exception cref="JobFailedException">One of the job's functions threw.</exception>
    /// <exception cref="CountMismatchException">Items were lost or doubled.</exception>
    /// <exception cref="InvalidDataException">Something else was made in the folder before.</exception>
    public static async Task<JobReport> RunAsync(Job job, ObjectStore store, RunOptions options, IProgress<JobStatus>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        await using (job)
        {
            var plan = await JobPlan.OpenAsync(job, store, options, cancellation);
            var run = new LocalRun(job, store, options, plan);
            var stages = await run.RunAsync(progress, cancellation);
            return new JobReport(await plan.FinishAsync(cancellation), plan.Pending.Count, run.Elapsed, stages);
        }
    }
}
