using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>What shards are made of.</summary>
/// <param name="Embeddings">The set.</param>
/// <param name="Space">Which of its vectors.</param>
/// <param name="Version">The version that they make.</param>
/// <param name="Plan">The index.</param>
internal sealed record ShardInputs(EmbeddingSet Embeddings, EmbeddingSpace Space, string Version, IndexPlan Plan)
{
    private const long MostBytes = 128L << 20;

    /// <summary>Even few vectors are enough for so many shards, so that several ranks can share them.</summary>
    private const int FewestShards = 8;

    /// <summary>Bytes of embeddings that make a shard: a matter of the embeddings alone, never of the number of ranks. The index does not depend on it.</summary>
    public long ShardBytes { get; init; } = Math.Min(MostBytes, Math.Max(1, Embeddings.Manifest.Files.Sum(file => file.Bytes) / FewestShards));

    /// <summary>Makes binary codes as the network learned to; null where it did not, or is not to be asked.</summary>
    public CodeMap? Codes { get; init; }

    public VectorSource Vectors { get; } = new(Embeddings, Space);

    public int Dimension => Vectors.Dimension;
}
