using System.Runtime.CompilerServices;

namespace Stickers.Pipeline.Running;

/// <summary>Opens shard after shard of the source, as the feed hands them out.</summary>
internal sealed class SourceInlet<T>(Source<T> source, ShardFeed feed, Worker worker) : ShardInlet<T>
{
    public override async IAsyncEnumerable<Arrival<T>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await feed.NextAsync(worker, cancellation) is { } run)
            yield return new Arrival<T>(run, work => work.Watch(source.ReadAsync(work.ContextOf(StageKind.Source)), StageKind.Source));
    }
}
