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

    /// <summary>Serve the index from now on; without it, the version is only kept.</summary>
    public bool Publish { get; init; } = true;
}
