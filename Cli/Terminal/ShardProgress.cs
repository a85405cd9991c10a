using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.Pipeline.Observing;

namespace Stickers.Cli.Terminal;

/// <summary>Shows a job's status in one line among others: its shards, and how many items are through.</summary>
/// <param name="stage">What the line calls the job.</param>
/// <param name="progress">Where lines are shown.</param>
internal sealed class ShardProgress(string stage, IProgress<JobProgress> progress) : IProgress<JobStatus>
{
    /// <inheritdoc/>
    public void Report(JobStatus value) =>
        progress.Report(new JobProgress(stage, value.ShardsDone, value.Shards, "shards", $"{Quantity.Count(value.Stages[(int)StageKind.Main].Items)} stickers"));
}
