using System.Runtime.CompilerServices;
using Stickers.Catalogue.Tables;
using Stickers.Storage;

namespace Stickers.Catalogue;

/// <summary>The vectors of one sticker: both unit length.</summary>
/// <param name="Id">The sticker.</param>
/// <param name="Visual">What it looks like; length is the manifest's VisualDimension.</param>
/// <param name="Semantic">What it means, in the space of the tags' vectors; length is the manifest's SemanticDimension.</param>
public sealed record StickerEmbedding(StickerId Id, float[] Visual, float[] Semantic)
{
    /// <summary>The visual vector's binary code, as the model's <see cref="CodeMap"/> makes it; empty where the model makes none.</summary>
    public byte[] Code { get; init; } = [];
}

/// <summary>What embeddings.json says of binary codes.</summary>
/// <param name="Bits">Length of a code.</param>
/// <param name="Map">The map that makes them of visual vectors.</param>
public sealed record EmbeddingCode(int Bits, CommittedFile Map);

/// <summary>embeddings.json</summary>
public sealed record EmbeddingManifest
{
    /// <summary>Version of this file's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Model version that made the vectors.</summary>
    public required string Model { get; init; }

    /// <summary>Content hash of that model.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Catalogue name.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Content hash of that catalogue.</summary>
    public required string CatalogueHash { get; init; }

    /// <summary>Length of a visual vector.</summary>
    public required int VisualDimension { get; init; }

    /// <summary>Length of a semantic vector.</summary>
    public required int SemanticDimension { get; init; }

    /// <summary>Stickers read = Written + Quarantined.</summary>
    public required long Read { get; init; }

    /// <summary>Rows in the parts.</summary>
    public required long Written { get; init; }

    /// <summary>Stickers whose image could not be decoded.</summary>
    public required long Quarantined { get; init; }

    /// <summary>The binary codes of visual vectors; null where there are none, always in format 1.</summary>
    public EmbeddingCode? Code { get; init; }

    /// <summary>The part files in order.</summary>
    public required IReadOnlyList<CommittedFile> Files { get; init; }
}

/// <summary>Embeddings on storage: <c>embeddings/&lt;model&gt;/&lt;catalogue&gt;/part-*.parquet</c>, <c>embeddings.json</c> last.</summary>
public sealed class EmbeddingSet
{
    /// <summary>Version of embeddings.json and its parts where there are codes. Version 1 has none and is read too.</summary>
    public const int FormatVersion = 2;

    /// <summary>Name of the map that made the codes, beside the parts.</summary>
    private const string CodeMapName = "code.map";

    private const string ManifestName = "embeddings.json";
    private const int RowsPerGroup = 4096;

    private readonly ObjectStore _store;
    private readonly string _folder;

    private EmbeddingSet(ObjectStore store, string folder, EmbeddingManifest manifest) => (_store, _folder, Manifest) = (store, folder, manifest);

    /// <summary>Counts, files and hashes.</summary>
    public EmbeddingManifest Manifest { get; }

    /// <summary>Hash over the hashes of all parts.</summary>
    public string ContentHash => DataSet.ContentHash(Manifest.Files);

    /// <summary>Opens a finished set; the parts' presence and sizes are checked, their content is not (<see cref="VerifyAsync"/>).</summary>
    /// <exception cref="FileNotFoundException">There is none, or it is unfinished.</exception>
    /// <exception cref="InvalidDataException">It was written in another format, or a part is missing or has another size.</exception>
    public static async Task<EmbeddingSet> OpenAsync(ObjectStore store, string model, string catalogue, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var folder = DataSet.EmbeddingFolder(model, catalogue);
        var manifest = await store.ReadJsonAsync<EmbeddingManifest>($"{folder}/{ManifestName}", cancellation).ConfigureAwait(false)
            ?? throw new FileNotFoundException($"No finished embeddings of catalogue '{catalogue}' by model '{model}' in '{store.Root}'. Make them with `stickers embed`.", store.LocationOf($"{folder}/{ManifestName}"));
        if (manifest.FormatVersion is not (1 or FormatVersion))
            throw new InvalidDataException($"'{folder}/{ManifestName}' has format version {manifest.FormatVersion}, this program reads 1 and {FormatVersion}. Use the program that wrote it, or make the data again.");
        CommittedFile[] map = manifest.Code is { } code ? [code.Map] : [];
        await DataSet.CheckAsync(store, folder, ManifestName, DataSet.FormatVersion, [.. manifest.Files, .. map], cancellation).ConfigureAwait(false);
        return new EmbeddingSet(store, folder, manifest);
    }

    /// <summary>Streams the rows in part order.</summary>
    public async IAsyncEnumerable<StickerEmbedding> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var part = 0; part < Manifest.Files.Count; part++)
        {
            await foreach (var row in ReadPartAsync(part, cancellation).ConfigureAwait(false))
                yield return row;
        }
    }

    /// <summary>Streams the rows of one part.</summary>
    /// <param name="part">0 to <c>Manifest.Files.Count - 1</c>.</param>
    /// <param name="cancellation">Stops the stream.</param>
    public IAsyncEnumerable<StickerEmbedding> ReadPartAsync(int part, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(part, Manifest.Files.Count);
        return ParquetFile.ReadAsync(_store, $"{_folder}/{Manifest.Files[part].Path}", new EmbeddingTable(Manifest.Code is not null), cancellation);
    }

    /// <summary>The map that made the codes, or null when there are none.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of other codes or vectors.</exception>
    public async Task<CodeMap?> ReadCodeMapAsync(CancellationToken cancellation = default)
    {
        if (Manifest.Code is not { } code) return null;
        var key = $"{_folder}/{code.Map.Path}";
        await DataSet.VerifyAsync(_store, _folder, [code.Map], cancellation).ConfigureAwait(false);
        using var file = await _store.FetchAsync(key, cancellation).ConfigureAwait(false);
        var map = CodeMap.Read(await File.ReadAllBytesAsync(file.Path, cancellation).ConfigureAwait(false), key);
        return map.Bits == code.Bits && map.Dimension == Manifest.VisualDimension
            ? map
            : throw new InvalidDataException($"'{key}' makes codes of {map.Bits} bits of {map.Dimension} dimensions, '{ManifestName}' says {code.Bits} of {Manifest.VisualDimension}. Make the data again.");
    }

    /// <summary>Writes the map of a set's codes, to be named in its manifest.</summary>
    public static async Task<EmbeddingCode> WriteCodeMapAsync(ObjectStore store, string model, string catalogue, CodeMap map, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(map);
        var file = await store.WriteAsync($"{DataSet.EmbeddingFolder(model, catalogue)}/{CodeMapName}", map.ToBytes(), cancellation).ConfigureAwait(false);
        return new EmbeddingCode(map.Bits, file with { Path = CodeMapName });
    }

    /// <summary>Reads all parts and compares their hashes with the manifest's.</summary>
    /// <exception cref="InvalidDataException">A part differs; the message has both hashes.</exception>
    public Task VerifyAsync(CancellationToken cancellation = default) => DataSet.VerifyAsync(_store, _folder, Manifest.Files, cancellation);

    /// <summary>Writes one part atomically; rows keep their order. The same rows always give the same bytes.</summary>
    /// <param name="store">Where.</param>
    /// <param name="model">Model that made the vectors.</param>
    /// <param name="catalogue">Catalogue name.</param>
    /// <param name="part">Its number.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="coded">Whether the set has codes; then each row has one.</param>
    /// <param name="cancellation">Stops it.</param>
    public static Task<CommittedFile> WritePartAsync(
        ObjectStore store, string model, string catalogue, int part, IReadOnlyList<StickerEmbedding> rows, bool coded = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(rows);
        var key = $"{DataSet.EmbeddingFolder(model, catalogue)}/{DataSet.PartName(part)}";
        return ParquetFile.WriteAsync(store, key, new EmbeddingTable(coded), rows.ToAsyncEnumerable(), RowsPerGroup, cancellation);
    }
}
