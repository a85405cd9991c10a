namespace Stickers.Pipeline.Observing;

/// <summary>How far a job is; reported about once a second.</summary>
/// <param name="Elapsed">Time since this run began.</param>
/// <param name="Shards">Shards in all.</param>
/// <param name="ShardsDone">Shards written, those of earlier runs included.</param>
/// <param name="Stages">Every stage in order.</param>
/// <param name="Warning">Names the stage that holds everything up; null when all is well. Said once for each stall.</param>
public sealed record JobStatus(TimeSpan Elapsed, int Shards, int ShardsDone, IReadOnlyList<StageStatus> Stages, string? Warning);

/// <summary>What one stage has done in this run, all its workers together.</summary>
public sealed record StageStatus
{
    /// <summary>The stage.</summary>
    public required StageKind Stage { get; init; }

    /// <summary>How many workers run it.</summary>
    public required int Workers { get; init; }

    /// <summary>Items that came out; for the sink, those that went in.</summary>
    public required long Items { get; init; }

    /// <summary>Items of this run where the source knows it, else null.</summary>
    public required long? Total { get; init; }

    /// <summary>Items a second of late.</summary>
    public required double PerSecond { get; init; }

    /// <summary>Time spent in the stage's own code.</summary>
    public required TimeSpan Busy { get; init; }

    /// <summary>Time spent waiting for input.</summary>
    public required TimeSpan WaitIn { get; init; }

    /// <summary>Time spent waiting for room behind it.</summary>
    public required TimeSpan WaitOut { get; init; }

    /// <summary>Bytes that wait before the stage; null where it runs in the same worker as the stage before.</summary>
    public required long? QueueBytes { get; init; }

    /// <summary>Most bytes that may wait there.</summary>
    public required long? QueueCapacity { get; init; }

    /// <summary>Time left at the speed of this run, or null before there is anything to go by.</summary>
    public required TimeSpan? Remaining { get; init; }
}
