using Stickers.Pipeline.Observing;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>Tells how many shards are done.</summary>
internal sealed class ShardProgress(Action<long> done) : IProgress<JobStatus>
{
    public void Report(JobStatus value) => done(value.ShardsDone);
}
