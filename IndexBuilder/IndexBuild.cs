using System.Diagnostics;
using System.Globalization;
using Stickers.Catalogue;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>
/// Builds the index of a space from a catalogue's embeddings: checks the inputs, plans, trains, adds, measures recall against exact search,
/// writes what results show, commits, publishes. The same inputs give the same version and the same bytes; one that stands there finished
/// is not built again. Interrupted, it starts over and leaves no trace.
/// </summary>
public static class IndexBuild
{
    /// <summary>Writes <c>indexes/&lt;space&gt;/&lt;version&gt;</c> and, unless told otherwise, serves it from now on.</summary>
    /// <exception cref="FileNotFoundException">The catalogue or its embeddings do not exist or are unfinished.</exception>
    /// <exception cref="InvalidDataException">Inputs are damaged or do not belong together.</exception>
    /// <exception cref="RecallTooLowException">Recall is below the floor: nothing was published.</exception>
    /// <exception cref="InvalidOperationException">Another process is building this space.</exception>
    public static Task<IndexSummary> RunAsync(ObjectStore store, IndexBuildOptions options, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default) =>
        RunAsync(store, options, IndexPlanner.Plan, progress, cancellation);

    /// <param name="store">The store.</param>
    /// <param name="options">What to build.</param>
    /// <param name="plan">Chooses the index by number of vectors and their length.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops the build.</param>
    internal static async Task<IndexSummary> RunAsync(
        ObjectStore store, IndexBuildOptions options, Func<long, int, IndexPlan> plan, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        if (!(options.RecallFloor is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(options), options.RecallFloor, "The recall floor is between 0 and 1.");
        var clock = Stopwatch.StartNew();
        using var building = SpaceLock.Take(store, options.Space);
        var inputs = await IndexInputs.OpenAsync(store, options, plan, cancellation);

        var standing = await FinishedAsync(store, inputs, cancellation);
        var manifest = standing ?? await BuildAsync(store, inputs, options.RecallFloor, progress, cancellation);
        RequireRecall(manifest, options.RecallFloor, inputs.Space);
        if (options.Publish)
            await Publishing.SwitchAsync(store, inputs.Space, Publishing.Publish, _ => Task.FromResult(inputs.Version), cancellation);

        var current = await SnapshotKeys.ReadCurrentAsync(store, inputs.Space, cancellation);
        return new IndexSummary
        {
            Space = inputs.Space,
            Version = manifest.Version,
            Count = manifest.Count,
            Dimension = manifest.Dimension,
            Stickers = manifest.Stickers,
            Thumbnails = manifest.Thumbnails,
            Factory = manifest.Factory,
            Reason = manifest.Reason,
            RecallAt10 = manifest.RecallAt10,
            RecallQueries = manifest.RecallQueries,
            Bytes = manifest.Files.Sum(file => file.Bytes),
            Seconds = clock.Elapsed.TotalSeconds,
            AlreadyBuilt = standing is not null,
            Published = current?.Version == manifest.Version,
        };
    }

    /// <summary>The manifest of the same inputs' version when it stands there whole.</summary>
    private static async Task<SnapshotManifest?> FinishedAsync(ObjectStore store, IndexInputs inputs, CancellationToken cancellation)
    {
        var manifest = await SnapshotKeys.ReadManifestAsync(store, inputs.Space, inputs.Version, cancellation);
        foreach (var file in manifest?.Files ?? [])
        {
            var found = await store.StatAsync($"{SnapshotKeys.Folder(inputs.Space, inputs.Version)}/{file.Path}", cancellation);
            if (found?.Bytes != file.Bytes)
                return null;
        }

        return manifest;
    }

    private static async Task<SnapshotManifest> BuildAsync(ObjectStore store, IndexInputs inputs, double recallFloor, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new JobProgress("check", 0, null, "inputs"));
        await inputs.VerifyAsync(cancellation);

        using var scratch = new ScratchFolder(store, inputs.Space);
        var (index, database) = (scratch.File(SnapshotManifest.IndexFile), scratch.File(SnapshotManifest.DatabaseFile));
        var recall = await VectorIndex.BuildAsync(inputs, index, (stage, done) => progress?.Report(new JobProgress(stage, done, inputs.Count, "vectors", inputs.Plan.Factory)), cancellation);
        var manifest = ManifestOf(inputs, recall);
        RequireRecall(manifest, recallFloor, inputs.Space);
        var counts = await SiblingDatabase.TryCopyAsync(store, inputs, database, cancellation)
            ?? await DatabaseBuild.WriteAsync(inputs, database, done => progress?.Report(new JobProgress("stickers", done, inputs.Catalogue.Manifest.Written, "stickers")), cancellation);

        var folder = SnapshotKeys.Folder(inputs.Space, inputs.Version);
        var files = new[] { await CommitAsync(store, index, $"{folder}/{SnapshotManifest.IndexFile}", cancellation), await CommitAsync(store, database, $"{folder}/{SnapshotManifest.DatabaseFile}", cancellation) };
        manifest = manifest with { Stickers = counts.Stickers, Thumbnails = counts.Thumbnails, Files = files };
        await store.WriteJsonAsync(SnapshotKeys.Manifest(inputs.Space, inputs.Version), manifest, cancellation);
        return manifest;
    }

    private static SnapshotManifest ManifestOf(IndexInputs inputs, MeasuredRecall recall) => new()
    {
        FormatVersion = SnapshotKeys.FormatVersion,
        Space = inputs.Space.Name(),
        Version = inputs.Version,
        Model = inputs.Embeddings.Manifest.Model,
        ModelHash = inputs.Embeddings.Manifest.ModelHash,
        Catalogue = inputs.Catalogue.Name,
        CatalogueHash = inputs.Catalogue.ContentHash,
        EmbeddingsHash = inputs.Embeddings.ContentHash,
        SuggestionsHash = inputs.Suggestions?.ContentHash,
        TagRulesHash = inputs.Catalogue.Vocabulary.ContentHash,
        Dimension = inputs.Dimension,
        Count = inputs.Count,
        Factory = inputs.Plan.Factory,
        Reason = inputs.Plan.Reason,
        NProbe = recall.NProbe,
        EfSearch = 0,
        RecallAt10 = recall.Recall,
        RecallQueries = recall.Queries,
        Files = [],
    };

    private static void RequireRecall(SnapshotManifest manifest, double floor, EmbeddingSpace space)
    {
        if (manifest.RecallAt10 < floor)
        {
            throw new RecallTooLowException(string.Create(CultureInfo.InvariantCulture,
                $"The {space.Name()} index {manifest.Version} ({manifest.Factory}) finds {manifest.RecallAt10:P2} of the true ten nearest neighbours ") + string.Create(CultureInfo.InvariantCulture,
                $"over {manifest.RecallQueries} queries; the floor is {floor:P2}. It was not published, and what was served before still is."));
        }
    }

    private static async Task<CommittedFile> CommitAsync(ObjectStore store, string path, string key, CancellationToken cancellation)
    {
        await using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan | FileOptions.Asynchronous);
        await using var writer = await store.CreateAsync(key, cancellation);
        await source.CopyToAsync(writer.Stream, 1 << 20, cancellation);
        return await writer.CommitAsync(cancellation);
    }
}
