namespace Stickers.SimilaritySearch;

/// <summary>Which embedding an index holds.</summary>
public enum EmbeddingSpace
{
    /// <summary>What it looks like.</summary>
    Visual,

    /// <summary>What it means.</summary>
    Semantic,
}
