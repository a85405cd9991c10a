using Stickers.Storage;

namespace Stickers.Pipeline;

/// <summary>Where a job's outputs go.</summary>
/// <typeparam name="T">One output.</typeparam>
public abstract class Sink<T>
{
    /// <summary>
    /// Writes one shard's outputs by <see cref="ShardContext.CreateOutputAsync"/> and commits them after the last. The stream is to be read
    /// to its end: it is there that the counts are checked, and it throws if they do not add up. May be called again for the same shard after
    /// a crash, and then replaces what it wrote.
    /// </summary>
    /// <returns>The file that was committed.</returns>
    public abstract Task<CommittedFile> WriteAsync(IAsyncEnumerable<T> outputs, ShardContext context);
}
