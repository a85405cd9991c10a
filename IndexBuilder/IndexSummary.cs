using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder;

/// <summary>What a build did.</summary>
public sealed record IndexSummary
{
    /// <summary>The space.</summary>
    public required EmbeddingSpace Space { get; init; }

    /// <summary>Version: the folder's name under <c>indexes/&lt;space&gt;/</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Vectors in the index.</summary>
    public required long Count { get; init; }

    /// <summary>Length of a vector.</summary>
    public required int Dimension { get; init; }

    /// <summary>Stickers in the database.</summary>
    public required long Stickers { get; init; }

    /// <summary>Stickers with a thumbnail.</summary>
    public required long Thumbnails { get; init; }

    /// <summary>Faiss factory string.</summary>
    public required string Factory { get; init; }

    /// <summary>Why this factory string.</summary>
    public required string Reason { get; init; }

    /// <summary>recall@10 against exact search.</summary>
    public required double RecallAt10 { get; init; }

    /// <summary>Queries that recall was measured on.</summary>
    public required int RecallQueries { get; init; }

    /// <summary>Size of all files, bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Wall time of this run, seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>The version stood there before this run, made of the very same inputs.</summary>
    public required bool AlreadyBuilt { get; init; }

    /// <summary>Whether this version is the one that is served, after this run.</summary>
    public required bool Published { get; init; }
}
