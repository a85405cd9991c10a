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

    public async IAsyncEnumerable<(StickerId Id, float[] Vector)> ReadPartAsync(int part, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var embedding in embeddings.ReadPartAsync(part, cancellation))
            yield return (embedding.Id, space == EmbeddingSpace.Visual ? embedding.Visual : embedding.Semantic);
    }

    public async IAsyncEnumerable<(StickerId Id, float[] Vector)> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var embedding in embeddings.ReadAsync(cancellation))
            yield return (embedding.Id, space == EmbeddingSpace.Visual ? embedding.Visual : embedding.Semantic);
    }
}
