using Stickers.Storage;

namespace Stickers.Catalogue;

/// <summary>catalogue.json</summary>
public sealed record CatalogueManifest
{
    /// <summary>Version of this file's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>The catalogue's name.</summary>
    public required string Name { get; init; }

    /// <summary>Files offered by the sources = Written + Quarantined.</summary>
    public required long Read { get; init; }

    /// <summary>Stickers in the parts.</summary>
    public required long Written { get; init; }

    /// <summary>Rows in quarantine.</summary>
    public required long Quarantined { get; init; }

    /// <summary>Stickers per part, in part order.</summary>
    public required IReadOnlyList<long> PartCounts { get; init; }

    /// <summary>Parts in order, then quarantine.parquet.</summary>
    public required IReadOnlyList<CommittedFile> Files { get; init; }

    /// <summary>Where it came from, for people.</summary>
    public required IReadOnlyList<string> Sources { get; init; }
}
