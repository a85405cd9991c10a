using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder;

/// <summary>What to build an index of.</summary>
public sealed record IndexBuildOptions
{
    /// <summary>Which vectors it holds.</summary>
    public required EmbeddingSpace Space { get; init; }

    /// <summary>Model version whose embeddings (and suggestions, if there are any) are taken.</summary>
    public required string Model { get; init; }

    /// <summary>Catalogue name.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Smallest recall@10 against exact search that may be published, 0 to 1.</summary>
    public double RecallFloor { get; init; } = 0.95;

    /// <summary>Memory that a server may give the index, bytes; decides what kind is built.</summary>
    public long MemoryBytes { get; init; } = 16L << 30;

    /// <summary>Time that one query may take on one core, milliseconds; likewise.</summary>
    public double Milliseconds { get; init; } = 10;

    /// <summary>Make the binary codes of a coded index as the network learned to, where the embeddings have such codes; without it, a rotation is fitted to the vectors.</summary>
    public bool LearnedCodes { get; init; } = true;

    /// <summary>Serve the index from now on; without it, the version is only kept.</summary>
    public bool Publish { get; init; } = true;

    /// <summary>
    /// Called once all is prepared for other processes to make the index' shards (<see cref="IndexBuild.OpenShardsAsync(Storage.ObjectStore, IndexBuildOptions, CancellationToken)"/>); what they have not made when it returns is
    /// made here. Null to make all here. The bytes are the same.
    /// </summary>
    public Func<Task>? Distribute { get; init; }

    /// <summary>Bytes of embeddings that make a shard; null for what suits their number. The index does not depend on it.</summary>
    internal long? ShardBytes { get; init; }
}
