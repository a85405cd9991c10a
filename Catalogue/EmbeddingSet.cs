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
    /// <summary>Opens a finished set.</summary>
    /// <exception cref="FileNotFoundException">There is none, or it is unfinished.</exception>
    public static Task<EmbeddingSet> OpenAsync(LocalStore store, string model, string catalogue, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Counts, files and hashes.</summary>
    public EmbeddingManifest Manifest => throw new NotImplementedException();

    /// <summary>Hash over the hashes of all parts.</summary>
    public string ContentHash => throw new NotImplementedException();

    /// <summary>Streams the rows in part order.</summary>
    public IAsyncEnumerable<StickerEmbedding> ReadAsync(CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Writes one part atomically; rows keep their order. The same rows always give the same bytes.</summary>
    public static Task<CommittedFile> WritePartAsync(LocalStore store, string model, string catalogue, int part, IReadOnlyList<StickerEmbedding> rows, CancellationToken cancellation = default) => throw new NotImplementedException();
}
