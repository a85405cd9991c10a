using Stickers.Storage;

namespace Stickers.Catalogue;

/// <summary>Reads a committed catalogue: <c>catalogues/&lt;name&gt;/part-*.parquet</c> and <c>catalogue.json</c>.</summary>
public sealed class StickerCatalogue
{
    /// <summary>Opens a catalogue by name.</summary>
    /// <exception cref="FileNotFoundException">There is no such catalogue, or its import has not finished.</exception>
    public static Task<StickerCatalogue> OpenAsync(LocalStore store, string name, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>The catalogue's name.</summary>
    public string Name => Manifest.Name;

    /// <summary>Counts, files and hashes.</summary>
    public CatalogueManifest Manifest => throw new NotImplementedException();

    /// <summary>Hash over the hashes of all parts: changes whenever any content does.</summary>
    public string ContentHash => throw new NotImplementedException();

    /// <summary>The rules in force for this store (<c>tag-rules.yaml</c> at its root, else the shipped ones).</summary>
    public TagRules TagRules => throw new NotImplementedException();

    /// <summary>Streams all stickers in part order.</summary>
    /// <param name="images">False leaves <see cref="Sticker.Image"/> empty and does not read those bytes.</param>
    /// <param name="cancellation">Stops the stream.</param>
    public IAsyncEnumerable<Sticker> ReadAsync(bool images = true, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Streams the stickers of one part, the unit of resume for the jobs that read a catalogue.</summary>
    public IAsyncEnumerable<Sticker> ReadPartAsync(int part, bool images = true, CancellationToken cancellation = default) => throw new NotImplementedException();
}

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
