using Stickers.Pipeline.Observing;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>Tells what share of the shards is done.</summary>
internal sealed class ShardProgress(Action<double> done) : IProgress<JobStatus>
{
    public void Report(JobStatus value) => done(value.ShardsDone / (double)value.Shards);
}
