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

    private sealed class GroupOfOne : StageGroup
    {
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
