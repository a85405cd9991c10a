using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder;

/// <summary>One version of a space as the store holds it.</summary>
public sealed record IndexVersion
{
    /// <summary>The folder's name.</summary>
    public required string Version { get; init; }

    /// <summary>What it was made of, or null when it is unfinished or its manifest cannot be read.</summary>
    public required SnapshotManifest? Manifest { get; init; }

    /// <summary>Why it cannot be served, for people; null when it can.</summary>
    public required string? Problem { get; init; }

    /// <summary>Whether it is the one that is served.</summary>
    public required bool Current { get; init; }

    /// <summary>When it was last published or rolled back to; null when never.</summary>
    public required DateTime? LastServedUtc { get; init; }
}
