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

    /// <summary>Lower end of its 95 % confidence interval.</summary>
    public required double RecallLow { get; init; }

    /// <summary>Upper end of it.</summary>
    public required double RecallHigh { get; init; }

    /// <summary>Share of stickers that find themselves first.</summary>
    public required double SelfRecall { get; init; }

    /// <summary>The version that this one updates; null for one that stands alone.</summary>
    public required string? Base { get; init; }

    /// <summary>Vectors of the base that are deleted or replaced.</summary>
    public required long Deleted { get; init; }

    /// <summary>Vectors that were added to the base.</summary>
    public required long Added { get; init; }

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

    internal static IndexSummary Of(SnapshotManifest manifest, EmbeddingSpace space, TimeSpan elapsed, bool alreadyBuilt, string? served) => new()
    {
        Space = space,
        Version = manifest.Version,
        Count = manifest.Count,
        Dimension = manifest.Dimension,
        Stickers = manifest.Stickers,
        Thumbnails = manifest.Thumbnails,
        Factory = manifest.Factory,
        Reason = manifest.Reason,
        RecallAt10 = manifest.RecallAt10,
        RecallLow = manifest.RecallLow,
        RecallHigh = manifest.RecallHigh,
        SelfRecall = manifest.SelfRecall,
        Base = manifest.Base,
        Deleted = manifest.Base is null ? 0 : manifest.Segments![0].Count - manifest.Segments[0].Alive,
        Added = manifest.Base is null ? 0 : manifest.Segments!.Skip(1).Sum(segment => segment.Alive),
        RecallQueries = manifest.RecallQueries,
        Bytes = manifest.Files.Sum(file => file.Bytes),
        Seconds = elapsed.TotalSeconds,
        AlreadyBuilt = alreadyBuilt,
        Published = served == manifest.Version,
    };
}
