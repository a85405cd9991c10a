using System.Runtime.CompilerServices;
using Stickers.Catalogue.Tables;
using Stickers.Storage;

namespace Stickers.Catalogue;

/// <summary>Reads a committed catalogue: <c>catalogues/&lt;name&gt;/part-*.parquet</c>, <c>quarantine.parquet</c> and <c>catalogue.json</c>.</summary>
public sealed class StickerCatalogue
{
    internal const string ManifestName = "catalogue.json";
    internal const string QuarantineName = "quarantine.parquet";

    private readonly ObjectStore _store;
    private readonly string _folder;

    private StickerCatalogue(ObjectStore store, string folder, CatalogueManifest manifest, TagVocabulary vocabulary) =>
        (_store, _folder, Manifest, Vocabulary) = (store, folder, manifest, vocabulary);

    /// <summary>The catalogue's name.</summary>
    public string Name => Manifest.Name;

    /// <summary>Counts, files and hashes.</summary>
    public CatalogueManifest Manifest { get; }

    /// <summary>Hash over the hashes of all parts: changes whenever any content does.</summary>
    public string ContentHash => DataSet.ContentHash(Parts);

    /// <summary>What tags mean in this store (<c>vocabulary.yaml</c> at its root, else what is shipped).</summary>
    public TagVocabulary Vocabulary { get; }

    private IEnumerable<CommittedFile> Parts => Manifest.Files.Take(Manifest.PartCounts.Count);

    /// <summary>Whether there is a finished catalogue of that name.</summary>
    public static async Task<bool> ExistsAsync(ObjectStore store, string name, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return await store.StatAsync($"{DataSet.CatalogueFolder(name)}/{ManifestName}", cancellation).ConfigureAwait(false) is not null;
    }

    /// <summary>Opens a catalogue by name; the parts' presence and sizes are checked, their content is not (<see cref="VerifyAsync"/>).</summary>
    /// <exception cref="FileNotFoundException">There is no such catalogue, or its import has not finished.</exception>
    /// <exception cref="InvalidDataException">It was written in another format, or a file is missing or has another size.</exception>
    public static async Task<StickerCatalogue> OpenAsync(ObjectStore store, string name, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var folder = DataSet.CatalogueFolder(name);
        var manifest = await store.ReadJsonAsync<CatalogueManifest>($"{folder}/{ManifestName}", cancellation).ConfigureAwait(false)
            ?? throw new FileNotFoundException($"No catalogue '{name}' in '{store.Root}', or its import has not finished. Make it with `stickers import`.", store.LocationOf($"{folder}/{ManifestName}"));
        await DataSet.CheckAsync(store, folder, ManifestName, manifest.FormatVersion, manifest.Files, cancellation, DataSet.CatalogueFormatVersion).ConfigureAwait(false);
        return new StickerCatalogue(store, folder, manifest, await TagVocabulary.OfAsync(store, cancellation).ConfigureAwait(false));
    }

    /// <summary>Streams all stickers in part order.</summary>
    /// <param name="images">False leaves <see cref="Sticker.Image"/> empty and does not read those bytes.</param>
    /// <param name="cancellation">Stops the stream.</param>
    public async IAsyncEnumerable<Sticker> ReadAsync(bool images = true, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var part = 0; part < Manifest.PartCounts.Count; part++)
        {
            await foreach (var sticker in ReadPartAsync(part, images, cancellation).ConfigureAwait(false))
                yield return sticker;
        }
    }

    /// <summary>Streams the stickers of one part, the unit of resume for the jobs that read a catalogue.</summary>
    /// <param name="part">0 to <c>Manifest.PartCounts.Count - 1</c>.</param>
    /// <param name="images">False leaves <see cref="Sticker.Image"/> empty and does not read those bytes.</param>
    /// <param name="cancellation">Stops the stream.</param>
    public IAsyncEnumerable<Sticker> ReadPartAsync(int part, bool images = true, CancellationToken cancellation = default) =>
        ReadPartAsync(part, 0, long.MaxValue, images, cancellation);

    /// <summary>Streams some stickers of one part that follow each other; of the rest, whole row groups are not read.</summary>
    /// <param name="part">0 to <c>Manifest.PartCounts.Count - 1</c>.</param>
    /// <param name="first">Index of the first one within the part, 0 or more.</param>
    /// <param name="count">Most stickers, 0 or more.</param>
    /// <param name="images">False leaves <see cref="Sticker.Image"/> empty and does not read those bytes.</param>
    /// <param name="cancellation">Stops the stream.</param>
    public IAsyncEnumerable<Sticker> ReadPartAsync(int part, long first, long count, bool images = true, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(part, Manifest.PartCounts.Count);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return ParquetFile.ReadAsync(_store, $"{_folder}/{Manifest.Files[part].Path}", new StickerTable(images), (first, count), cancellation);
    }

    /// <summary>Streams what the import refused, in source order.</summary>
    public IAsyncEnumerable<QuarantinedFile> ReadQuarantineAsync(CancellationToken cancellation = default) =>
        ParquetFile.ReadAsync(_store, $"{_folder}/{QuarantineName}", new QuarantineTable(), cancellation);

    /// <summary>Reads all files and compares their hashes with the manifest's.</summary>
    /// <exception cref="InvalidDataException">A file differs; the message has both hashes.</exception>
    public Task VerifyAsync(CancellationToken cancellation = default) => DataSet.VerifyAsync(_store, _folder, Manifest.Files, cancellation);
}
