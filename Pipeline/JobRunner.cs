using MpiNet;
using Stickers.Pipeline.Observing;
using Stickers.Pipeline.Processes;
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

    /// <summary>Whether mpirun, or another launcher of MPI, started this process as one of several: then <see cref="RunAsRank"/> is to be called.</summary>
    public static bool IsRank => Mpi.IsLaunched;

    /// <summary>Environment variable by which a launcher says how other ranks reach this machine, where its host name is not enough.</summary>
    public const string AddressVariable = MpiWorld.AddressVariable;

    /// <summary>
    /// Runs a job together with the other ranks that were launched: as many as the options ask for workers, the first ones for preprocess, the
    /// last for postprocess. Returns when all are done, and blocks the calling thread until then. Once in a process.
    /// </summary>
    /// <param name="job">Disposed at the end.</param>
    /// <param name="store">The same for all ranks.</param>
    /// <param name="options">The same on all ranks.</param>
    /// <param name="failure">Called on a rank that fails: tells people, and returns the exit code, 1 to 255. Then all ranks are ended at once.</param>
    /// <param name="progress">Told about once a second, on rank 0.</param>
    /// <param name="cancellation">Stops the job; what is written stays.</param>
    /// <returns>On rank 0 how it went, on others null.</returns>
    public static JobReport? RunAsRank(Job job, ObjectStore store, RunOptions options, Func<Exception, int> failure, IProgress<JobStatus>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(failure);
        return Mpi.Run(async ranks =>
        {
            try
            {
                options.Check();
                if (ranks.Size == 1) return await RunAsync(job, store, options, progress, cancellation);
                await using (job) return await new ProcessRun(job, store, options, new MpiWorld(ranks)).RunAsync(progress, cancellation);
            }
            catch (Exception fault)
            {
                ranks.Abort(failure(fault));
                throw;
            }
        });
    }

    /// <summary>
    /// Runs one piece of work on all ranks that were launched, as one group: for what is no stream of items, such as a training. Blocks the
    /// calling thread until it is done. Once in a process.
    /// </summary>
    /// <param name="work">Called once on every rank with the group of all.</param>
    /// <param name="failure">Called on a rank that fails: tells people, and returns the exit code, 1 to 255. Then all ranks are ended at once.</param>
    public static T RunAsGroup<T>(Func<StageGroup, Task<T>> work, Func<Exception, int> failure)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(failure);
        return Mpi.Run(async ranks =>
        {
            try
            {
                return await work(new MpiWorld(ranks).Split(0));
            }
            catch (Exception fault)
            {
                ranks.Abort(failure(fault));
                throw;
            }
        });
    }
}
