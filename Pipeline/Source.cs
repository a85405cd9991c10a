using Stickers.Storage;

namespace Stickers.Pipeline;

/// <summary>Where a job's items come from.</summary>
/// <typeparam name="T">An item.</typeparam>
public abstract class Source<T>
{
    /// <summary>Lists all shards, in an order that is the same in every run over the same input. Called once, on one rank.</summary>
    public abstract IAsyncEnumerable<Shard> ListAsync(ObjectStore store, CancellationToken cancellation);

    /// <summary>Whether two shards of the same name hold the same items, whichever input they are of: such shards can be taken over from an earlier run (<see cref="RunOptions.Reuse"/>).</summary>
    public virtual bool NamesTellContent => false;

    /// <summary>
    /// Streams the items of one shard, in an order that is always the same. An item that cannot be read may go to quarantine; it then counts
    /// as read.
    /// </summary>
    public abstract IAsyncEnumerable<T> ReadAsync(ShardContext context);

    /// <summary>What tells this input from another one of the same shards, e.g. a content hash; a job made from another input is not resumed.</summary>
    public virtual Task<string> FingerprintAsync(ObjectStore store, CancellationToken cancellation) => Task.FromResult("");
}
