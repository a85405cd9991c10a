namespace Stickers.IndexBuilder.Sharding;

/// <summary>
/// All that a build in shards has to know of one kind of index: what is fitted before, what a shard holds, and how shards become one file. Merged in
/// their order, shards of any size give the same bytes.
/// </summary>
internal abstract class SegmentKind : IDisposable
{
    /// <summary>What the manifest calls it.</summary>
    public abstract string Engine { get; }

    /// <summary>Name of its file.</summary>
    public abstract string FileName { get; }

    public static SegmentKind Of(ShardInputs inputs) =>
        inputs.Plan.IsExact ? new ExactKind(inputs.Dimension)
        : inputs.Plan.CodedLists > 0 ? new CodedKind(inputs.Dimension, inputs.Plan.CodedLists, inputs.Codes)
        : new ListsKind(inputs.Dimension, inputs.Plan.Factory);

    /// <summary>Fits what all shards share to a sample, once in a build, and writes it.</summary>
    public abstract void Fit(string path, ReadOnlyMemory<float> sample, CancellationToken cancellation);

    /// <summary>Takes up what was fitted; the file stays as long as this is used.</summary>
    public abstract void Open(string fitted);

    /// <summary>Begins a shard. Several may be filled at once.</summary>
    public abstract ShardFilling BeginShard();

    /// <summary>Begins the file that all shards together make.</summary>
    public abstract ShardMerging BeginMerge(string path, long rows);

    public virtual void Dispose()
    {
    }
}

/// <summary>What becomes of the vectors of one shard.</summary>
internal abstract class ShardFilling : IDisposable
{
    /// <summary>What has to be known of all shards before the first one is merged.</summary>
    public virtual ReadOnlyMemory<byte> Notes => default;

    /// <summary>Takes vectors in.</summary>
    /// <returns>What of the shard's body is ready.</returns>
    public abstract byte[] Add(VectorBatch batch, int threads, CancellationToken cancellation);

    /// <returns>The rest of the body.</returns>
    public virtual byte[] End() => [];

    public virtual void Dispose()
    {
    }
}

/// <summary>Shards on their way into one file.</summary>
internal abstract class ShardMerging : IDisposable
{
    /// <summary>Vectors that are in.</summary>
    public abstract long Count { get; }

    /// <summary>Takes up the notes of a shard; those of all shards come before the first body.</summary>
    public virtual void Announce(ReadOnlySpan<byte> notes)
    {
    }

    /// <summary>Takes a shard's body in; shards come in their order.</summary>
    public abstract void Take(Stream body);

    /// <summary>Ends the file.</summary>
    public abstract void Complete();

    public abstract void Dispose();
}
