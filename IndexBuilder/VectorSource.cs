using System.Runtime.CompilerServices;
using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder;

/// <summary>The vectors of one space, streamed from a set of embeddings as often as needed.</summary>
/// <param name="embeddings">The set.</param>
/// <param name="space">Which of its vectors.</param>
internal sealed class VectorSource(EmbeddingSet embeddings, EmbeddingSpace space)
{
    private const int BatchRows = 4096;

    public EmbeddingSpace Space => space;

    public long Count => embeddings.Manifest.Written;

    public int Dimension => space == EmbeddingSpace.Visual ? embeddings.Manifest.VisualDimension : embeddings.Manifest.SemanticDimension;

    public async IAsyncEnumerable<StickerVector> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var embedding in embeddings.ReadAsync(cancellation))
            yield return Of(embedding);
    }

    /// <summary>All vectors in batches.</summary>
    /// <param name="rows">Which row each sticker is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="InvalidDataException">A sticker has no row.</exception>
    public IAsyncEnumerable<VectorBatch> ReadBatchesAsync(RowTable rows, CancellationToken cancellation) => InBatchesAsync(ReadAsync(cancellation), rows, cancellation);

    /// <summary>As <see cref="ReadBatchesAsync(RowTable, CancellationToken)"/>, those of some parts of the embeddings.</summary>
    public IAsyncEnumerable<VectorBatch> ReadBatchesAsync(IAsyncEnumerable<int> parts, RowTable rows, CancellationToken cancellation) =>
        InBatchesAsync(ReadPartsAsync(parts, cancellation), rows, cancellation);

    private async IAsyncEnumerable<StickerVector> ReadPartsAsync(IAsyncEnumerable<int> parts, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var part in parts.WithCancellation(cancellation))
        {
            await foreach (var embedding in embeddings.ReadPartAsync(part, cancellation))
                yield return Of(embedding);
        }
    }

    private async IAsyncEnumerable<VectorBatch> InBatchesAsync(IAsyncEnumerable<StickerVector> all, RowTable rows, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var vectors = new float[BatchRows * Dimension];
        var (ids, codes) = (new List<StickerId>(BatchRows), new List<byte[]>(BatchRows));
        await foreach (var (id, vector, code) in all.WithCancellation(cancellation))
        {
            vector.CopyTo(vectors, ids.Count * Dimension);
            ids.Add(id);
            codes.Add(code);
            if (ids.Count < BatchRows)
                continue;
            yield return Batch();
            ids.Clear();
            codes.Clear();
        }

        if (ids.Count > 0)
            yield return Batch();

        VectorBatch Batch()
        {
            cancellation.ThrowIfCancellationRequested();
            return new VectorBatch(ids, [.. ids.Select(RowOf)], vectors.AsMemory(0, ids.Count * Dimension), codes);
        }

        long RowOf(StickerId id) => rows.RowOf(id) is >= 0 and var row
            ? row
            : throw new InvalidDataException($"Sticker {id} is not among those that were counted: the embeddings changed while they were read. Run the command again.");
    }

    private StickerVector Of(StickerEmbedding embedding) =>
        space == EmbeddingSpace.Visual ? new StickerVector(embedding.Id, embedding.Visual, embedding.Code) : new StickerVector(embedding.Id, embedding.Semantic, []);
}

/// <summary>A sticker in one space.</summary>
/// <param name="Id">The sticker.</param>
/// <param name="Vector">Unit vector.</param>
/// <param name="Code">Its binary code; empty where there is none.</param>
internal readonly record struct StickerVector(StickerId Id, float[] Vector, byte[] Code);
