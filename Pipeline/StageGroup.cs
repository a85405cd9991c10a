using Stickers.Pipeline.Observing;
using Stickers.Storage;

namespace Stickers.Pipeline;

/// <summary>
/// All workers of one stage. Every call is collective: each worker makes the same calls in the same order, or all wait for ever; so
/// only jobs that are <see cref="Job.InLockstep"/> may use it while items flow.
/// </summary>
public abstract class StageGroup
{
    /// <summary>A group of one.</summary>
    public static StageGroup Alone { get; } = new GroupOfOne();

    /// <summary>0 to <see cref="Size"/> - 1.</summary>
    public abstract int Rank { get; }

    /// <summary>Number of workers.</summary>
    public abstract int Size { get; }

    /// <summary>Returns when all have called it.</summary>
    public abstract void Barrier();

    /// <summary>Replaces the values by their sums over all workers: the same bits on every worker.</summary>
    /// <param name="values">Equally many on every worker.</param>
    public abstract void Sum(Span<float> values);

    /// <summary>Replaces the values by those of one worker.</summary>
    /// <param name="values">Equally many bytes on every worker.</param>
    /// <param name="root">Whose values.</param>
    public abstract void Broadcast(Span<byte> values, int root);

    /// <summary>Runs a job over all members: each does all of it for shards of its own. Collective; the output is there when it returns.</summary>
    /// <param name="job">A job of its own on every member; disposed at the end.</param>
    /// <param name="store">The same for all.</param>
    /// <param name="folder">Where the output goes, without a slash at the end.</param>
    /// <param name="progress">Told about once a second, on the first member.</param>
    /// <param name="cancellation">Stops the job; what is written stays.</param>
    /// <exception cref="NotSupportedException">These are workers within a job.</exception>
    public virtual Task RunAsync(Job job, ObjectStore store, string folder, IProgress<JobStatus>? progress = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException("The workers of a job cannot run another one.");

    private sealed class GroupOfOne : StageGroup
    {
        // One waits for the disk while the others keep all cores busy.
        public override Task RunAsync(Job job, ObjectStore store, string folder, IProgress<JobStatus>? progress = null, CancellationToken cancellation = default) =>
            JobRunner.RunAsync(job, store, new RunOptions { Folder = folder, Preprocess = 0, Main = Environment.ProcessorCount + 1, Postprocess = 0 }, progress, cancellation);

        public override int Rank => 0;

        public override int Size => 1;

        public override void Barrier()
        {
        }

        public override void Sum(Span<float> values)
        {
        }

        public override void Broadcast(Span<byte> values, int root) => ArgumentOutOfRangeException.ThrowIfNotEqual(root, 0);
    }
}
