using System.Runtime.CompilerServices;
using Stickers.Catalogue.Tables;
using Stickers.Storage;

namespace Stickers.Catalogue;

/// <summary>The vectors of one sticker: both unit length.</summary>
/// <param name="Id">The sticker.</param>
/// <param name="Visual">What it looks like; length is the manifest's VisualDimension.</param>
/// <param name="Semantic">What it means, in the space of the tags' vectors; length is the manifest's SemanticDimension.</param>
public sealed record StickerEmbedding(StickerId Id, float[] Visual, float[] Semantic);

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

    /// <summary>The part files in order.</summary>
    public required IReadOnlyList<CommittedFile> Files { get; init; }
}

/// <summary>Embeddings on storage: <c>embeddings/&lt;model&gt;/&lt;catalogue&gt;/part-*.parquet</c>, <c>embeddings.json</c> last.</summary>
public sealed class EmbeddingSet
{
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
        await DataSet.CheckAsync(store, folder, ManifestName, manifest.FormatVersion, manifest.Files, cancellation).ConfigureAwait(false);
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
        return ParquetFile.ReadAsync(_store, $"{_folder}/{Manifest.Files[part].Path}", new EmbeddingTable(), cancellation);
    }

    /// <summary>Reads all parts and compares their hashes with the manifest's.</summary>
    /// <exception cref="InvalidDataException">A part differs; the message has both hashes.</exception>
    public Task VerifyAsync(CancellationToken cancellation = default) => DataSet.VerifyAsync(_store, _folder, Manifest.Files, cancellation);

    /// <summary>Writes one part atomically; rows keep their order. The same rows always give the same bytes.</summary>
    public static Task<CommittedFile> WritePartAsync(ObjectStore store, string model, string catalogue, int part, IReadOnlyList<StickerEmbedding> rows, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(rows);
        var key = $"{DataSet.EmbeddingFolder(model, catalogue)}/{DataSet.PartName(part)}";
        return ParquetFile.WriteAsync(store, key, new EmbeddingTable(), rows.ToAsyncEnumerable(), RowsPerGroup, cancellation);
    }
}
