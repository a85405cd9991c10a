using System.Runtime.CompilerServices;
using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder;

/// <summary>The vectors of one space, streamed from a set of embeddings as often as needed.</summary>
/// <param name="embeddings">The set.</param>
/// <param name="space">Which of its vectors.</param>
internal sealed class VectorSource(EmbeddingSet embeddings, EmbeddingSpace space)
{
    public EmbeddingSpace Space => space;

    public long Count => embeddings.Manifest.Written;

    public int Dimension => space == EmbeddingSpace.Visual ? embeddings.Manifest.VisualDimension : embeddings.Manifest.SemanticDimension;

    public async IAsyncEnumerable<StickerVector> ReadPartAsync(int part, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var embedding in embeddings.ReadPartAsync(part, cancellation))
            yield return Of(embedding);
    }

    public async IAsyncEnumerable<StickerVector> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var embedding in embeddings.ReadAsync(cancellation))
            yield return Of(embedding);
    }

    private StickerVector Of(StickerEmbedding embedding) =>
        space == EmbeddingSpace.Visual ? new StickerVector(embedding.Id, embedding.Visual, embedding.Code) : new StickerVector(embedding.Id, embedding.Semantic, []);
}

/// <summary>A sticker in one space.</summary>
/// <param name="Id">The sticker.</param>
/// <param name="Vector">Unit vector.</param>
/// <param name="Code">Its binary code; empty where there is none.</param>
internal readonly record struct StickerVector(StickerId Id, float[] Vector, byte[] Code);
