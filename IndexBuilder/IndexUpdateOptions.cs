namespace Stickers.IndexBuilder;

/// <summary>What to bring an index up to date with.</summary>
public sealed record IndexUpdateOptions
{
    /// <summary>What the index should hold afterwards, and the bounds it must keep.</summary>
    public required IndexBuildOptions Build { get; init; }

    /// <summary>The version to start from; null for the one that is served.</summary>
    public string? From { get; init; }

    /// <summary>Share of the base's vectors, deleted and added ones together, from which the index is built anew instead, 0 to 1.</summary>
    public double CompactAt { get; init; } = 0.2;
}
