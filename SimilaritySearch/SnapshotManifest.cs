using Stickers.Storage;

namespace Stickers.SimilaritySearch;

/// <summary>index.json of <c>indexes/&lt;space&gt;/&lt;version&gt;/</c>. Holds no clock time: the same inputs give the same bytes.</summary>
public sealed record SnapshotManifest
{
    /// <summary>File name of the Faiss index in the snapshot's folder.</summary>
    public const string IndexFile = "vectors.faiss";

    /// <summary>File name of the exact index in the snapshot's folder.</summary>
    public const string ExactFile = "vectors.exact";

    /// <summary>File name of the coded index in the snapshot's folder.</summary>
    public const string CodedFile = "vectors.coded";

    /// <summary>File name of the table of rows in the snapshot's folder.</summary>
    public const string RowsFile = "rows.bin";

    /// <summary>File name, after an update, of the rows of the base that are deleted.</summary>
    public const string DeletedFile = "deleted.bin";

    /// <summary>Start of the names of the files that hold what was added to the base.</summary>
    public const string AddedPrefix = "added-";

    /// <summary>File name of the tag documents in the snapshot's folder.</summary>
    public const string TagsFile = "tags.bin";

    /// <summary>File name of the ready records in the snapshot's folder.</summary>
    public const string RecordsFile = "records.bin";

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

    /// <summary>How images were fitted for the model: its input's version. Null where the model does not say.</summary>
    public int? Fitting { get; init; }

    /// <summary>SHA-256 of the model's vocabulary.json. Null where the model has none.</summary>
    public string? VocabularyHash { get; init; }

    /// <summary>Length of a vector.</summary>
    public required int Dimension { get; init; }

    /// <summary>Number of vectors that can be found.</summary>
    public required long Count { get; init; }

    /// <summary>Stickers in the database: those with a vector and those whose image could not be embedded.</summary>
    public long Stickers { get; init; }

    /// <summary>Stickers with a thumbnail.</summary>
    public long Thumbnails { get; init; }

    /// <summary><c>Exact</c>, or a Faiss factory string.</summary>
    public required string Factory { get; init; }

    /// <summary>Why this kind.</summary>
    public required string Reason { get; init; }

    /// <summary>Inverted lists visited per query; 0 when it means nothing.</summary>
    public required int NProbe { get; init; }

    /// <summary>HNSW candidate list per query; 0 when it means nothing.</summary>
    public required int EfSearch { get; init; }

    /// <summary>recall@10 against exact search, measured before publishing on queries that are in no index.</summary>
    public required double RecallAt10 { get; init; }

    /// <summary>Lower end of its 95 % confidence interval.</summary>
    public double RecallLow { get; init; }

    /// <summary>Upper end of it.</summary>
    public double RecallHigh { get; init; }

    /// <summary>Share of stickers that find themselves first when asked for by their own vector.</summary>
    public double SelfRecall { get; init; }

    /// <summary>Queries that recall was measured on.</summary>
    public required int RecallQueries { get; init; }

    /// <summary>Recall at each number of lists that was tried; empty where there are no lists.</summary>
    public IReadOnlyList<RecallPoint> Curve { get; init; } = [];

    /// <summary>Where the binary codes of a coded index come from and how long they are; null for other kinds, and before format 3.</summary>
    public string? Codes { get; init; }

    /// <summary>The tag documents of all segments, as in the list of files. Null before format 3.</summary>
    public string? TagDocuments { get; init; }

    /// <summary>The ready records, as in the list of files. Null before format 4.</summary>
    public string? Records { get; init; }

    /// <summary>Version and build of the native Faiss that made the index; null where none had a part in it.</summary>
    public string? Native { get; init; }

    /// <summary>The version that this one updates, whose vectors it goes on using; null for one that stands alone.</summary>
    public string? Base { get; init; }

    /// <summary>Vectors, in the order in which they are searched. Null in format 1.</summary>
    public IReadOnlyList<SnapshotSegment>? Segments { get; init; }

    /// <summary>All files with sizes and hashes. A path with a '/' lies below the space's folder: a file of another version.</summary>
    public required IReadOnlyList<CommittedFile> Files { get; init; }
}

/// <summary>A part of a snapshot's vectors.</summary>
/// <param name="Engine"><c>exact</c>, <c>faiss</c> or <c>coded</c>.</param>
/// <param name="Rows">Its table of rows, as in the list of files.</param>
/// <param name="Vectors">Its vectors, likewise.</param>
/// <param name="Deleted">Bits of the rows that are deleted, likewise; null when none are.</param>
/// <param name="Count">Its rows, deleted ones included.</param>
/// <param name="Alive">Its rows without deleted ones.</param>
public sealed record SnapshotSegment(string Engine, string Rows, string Vectors, string? Deleted, long Count, long Alive)
{
    /// <summary>Engine of vectors.exact.</summary>
    public const string Exact = "exact";

    /// <summary>Engine of vectors.faiss.</summary>
    public const string Faiss = "faiss";

    /// <summary>Engine of vectors.coded.</summary>
    public const string Coded = "coded";
}

/// <summary>A point on the curve of recall over work.</summary>
/// <param name="NProbe">Inverted lists visited.</param>
/// <param name="RecallAt10">recall@10 with that many.</param>
public sealed record RecallPoint(int NProbe, double RecallAt10);

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
