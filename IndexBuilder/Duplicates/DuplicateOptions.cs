namespace Stickers.IndexBuilder.Duplicates;

/// <summary>How near-identical stickers are looked for.</summary>
public sealed record DuplicateOptions
{
    /// <summary>Version of the visual index; null for the one that is served.</summary>
    public string? Version { get; init; }

    /// <summary>Smallest cosine of two visual vectors that counts as the same picture, 0.5 to 1; from 0.99 on also that of two drawings' edges. The default was measured (bench/README.md).</summary>
    public float Threshold { get; init; } = 0.95f;

    /// <summary>Stickers of one group, beginning with the nearest to its first, that a page shows.</summary>
    public int ShownMembers { get; init; } = 24;
}
