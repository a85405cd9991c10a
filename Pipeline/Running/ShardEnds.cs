namespace Stickers.Pipeline.Running;

/// <summary>A shard that has come to a worker.</summary>
/// <param name="Run">What is known of it.</param>
/// <param name="Open">Its items, watched.</param>
internal readonly record struct Arrival<T>(ShardRun Run, Func<ShardWork, IAsyncEnumerable<T>> Open);

/// <summary>Where a worker's shards come from: the source, a queue of this process, or an edge. For one worker.</summary>
internal abstract class ShardInlet<T>
{
    /// <summary>Shards as they come; each is to be worked on to its end before the next is asked for.</summary>
    public abstract IAsyncEnumerable<Arrival<T>> ReadAsync(CancellationToken cancellation);
}

/// <summary>Where a worker's results go: the sink, a queue of this process, or an edge. For one worker.</summary>
internal abstract class ShardOutlet<T>
{
    /// <summary>Takes one shard's results to the end.</summary>
    public abstract Task ConsumeAsync(IAsyncEnumerable<T> items, ShardWork work);

    /// <summary>The last shard has been consumed.</summary>
    public abstract Task CompleteAsync(CancellationToken cancellation);
}

/// <summary>Hands out shards, each once.</summary>
internal abstract class ShardFeed
{
    /// <summary>The next shard for a worker, or null when all are taken.</summary>
    public abstract ValueTask<ShardRun?> NextAsync(Worker worker, CancellationToken cancellation);
}
