using Stickers.Pipeline.Observing;

namespace Stickers.Pipeline;

/// <summary>How a run ended well.</summary>
/// <param name="Result">What is written, that of earlier runs included.</param>
/// <param name="ShardsDone">Shards done by this run; 0 when all was there already.</param>
/// <param name="Elapsed">Time that this run took.</param>
/// <param name="Stages">What each stage did in this run.</param>
public sealed record JobReport(JobResult Result, int ShardsDone, TimeSpan Elapsed, IReadOnlyList<StageStatus> Stages);
