using Stickers.Storage;

namespace Stickers.SimilaritySearch;

/// <summary>index.json of <c>indexes/&lt;space&gt;/&lt;version&gt;/</c>. Holds no clock time: the same inputs give the same bytes.</summary>
public sealed record SnapshotManifest
{
    /// <summary>File name of the Faiss index in the snapshot's folder.</summary>
    public const string IndexFile = "vectors.faiss";

    /// <summary>File name of the SQLite database in the snapshot's folder.</summary>
    public const string DatabaseFile = "stickers.db";

    /// <summary>Version of this file's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>visual or semantic.</summary>
    public required string Space { get; init; }

    /// <summary>First 12 hexadecimal digits of the hash over all inputs and parameters.</summary>
    public required string Version { get; init; }

    /// <summary>Model version whose vectors these are; a query must be embedded by the same.</summary>
    public required string Model { get; init; }

    /// <summary>Content hash of that model.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Catalogue name.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Content hash of that catalogue.</summary>
    public required string CatalogueHash { get; init; }

    /// <summary>Content hash of the embeddings.</summary>
    public required string EmbeddingsHash { get; init; }

    /// <summary>Content hash of the model's suggestions, or null when there were none.</summary>
    public string? SuggestionsHash { get; init; }

    /// <summary>Content hash of the rules that made creators' labels canonical.</summary>
    public string? TagRulesHash { get; init; }

    /// <summary>Length of a vector.</summary>
    public required int Dimension { get; init; }

    /// <summary>Number of vectors.</summary>
    public required long Count { get; init; }

    /// <summary>Stickers in the database: those with a vector and those whose image could not be embedded.</summary>
    public long Stickers { get; init; }

    /// <summary>Stickers with a thumbnail.</summary>
    public long Thumbnails { get; init; }

    /// <summary>Faiss factory string.</summary>
    public required string Factory { get; init; }

    /// <summary>Why this factory string.</summary>
    public required string Reason { get; init; }

    /// <summary>Inverted lists visited per query; 0 when it means nothing.</summary>
    public required int NProbe { get; init; }

    /// <summary>HNSW candidate list per query; 0 when it means nothing.</summary>
    public required int EfSearch { get; init; }

    /// <summary>recall@10 against exact search, measured before publishing.</summary>
    public required double RecallAt10 { get; init; }

    /// <summary>Queries that recall was measured on.</summary>
    public required int RecallQueries { get; init; }

    /// <summary>All files with sizes and hashes.</summary>
    public required IReadOnlyList<CommittedFile> Files { get; init; }
}

/// <summary><c>indexes/&lt;space&gt;/current.json</c>: the one mutable object; rollback points it back.</summary>
public sealed record CurrentSnapshot
{
    /// <summary>Version of this file's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>The version that is served.</summary>
    public required string Version { get; init; }

    /// <summary>All publications and rollbacks, oldest first.</summary>
    public required IReadOnlyList<Publication> History { get; init; }
}

/// <summary>One switch of the served version.</summary>
/// <param name="Version">The version that was served from then on.</param>
/// <param name="PublishedUtc">When.</param>
/// <param name="Action">publish or rollback.</param>
public sealed record Publication(string Version, DateTime PublishedUtc, string Action);
