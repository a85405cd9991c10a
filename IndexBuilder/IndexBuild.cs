using System.Diagnostics;
using System.Globalization;
using Faiss;
using Stickers.Catalogue;
using Stickers.IndexBuilder.Sharding;
using Stickers.SimilaritySearch;
using Stickers.SimilaritySearch.Display;
using Stickers.SimilaritySearch.Exact;
using Stickers.SimilaritySearch.Tags;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>
/// Builds the index of a space from a catalogue's embeddings: checks the inputs, plans, trains, adds, measures recall against exact search,
/// writes what results show, commits, publishes. The same inputs give the same version and the same bytes; one that stands there finished
/// is not built again. Interrupted, it goes on after its last finished shard.
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

    /// <summary>
    /// The job that makes an index' shards, or its thumbnails when those are made, for processes that help another one that builds: it must have prepared it
    /// (<see cref="IndexBuildOptions.Distribute"/>). Null where there is nothing to help with, because the index stands there finished.
    /// </summary>
    public static Task<SharedWork?> OpenShardsAsync(ObjectStore store, IndexBuildOptions options, CancellationToken cancellation = default) =>
        OpenShardsAsync(store, options, IndexPlanner.Plan, cancellation);

    internal static async Task<SharedWork?> OpenShardsAsync(ObjectStore store, IndexBuildOptions options, Func<IndexRequest, IndexPlan> plan, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        var inputs = await IndexInputs.OpenAsync(store, options, plan, cancellation);
        var shards = new IndexShards(inputs.Shards);
        if (await store.StatAsync($"{shards.Folder}/{IndexShards.QueriesFile}", cancellation) is null)
            return null;
        if (await store.StatAsync($"{shards.Folder}/{shards.ManifestName}", cancellation) is null)
            return new SharedWork(shards, shards.Folder);
        return new SharedWork(new ThumbnailShards(inputs.Catalogue), ThumbnailShards.FolderOf(inputs.Space, inputs.Version));
    }

    /// <param name="store">The store.</param>
    /// <param name="options">What to build.</param>
    /// <param name="plan">Chooses the index.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops the build.</param>
    internal static async Task<IndexSummary> RunAsync(
        ObjectStore store, IndexBuildOptions options, Func<IndexRequest, IndexPlan> plan, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        if (!(options.RecallFloor is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(options), options.RecallFloor, "The recall floor is between 0 and 1.");
        var clock = Stopwatch.StartNew();
        using var building = SpaceLock.Take(store, options.Space);
        var inputs = await IndexInputs.OpenAsync(store, options, plan, cancellation);
        var served = await Publishing.ServedAsync(store, options.Space, cancellation);

        var standing = await FinishedAsync(store, inputs.Space, inputs.Version, cancellation);
        if (standing is not null)
            await ShardedBuild.DeleteAsync(store, inputs.Space, inputs.Version, cancellation); // it may have been killed before it did
        var manifest = standing ?? await BuildAsync(store, inputs, options.RecallFloor, options.Distribute, progress, cancellation);
        RequireRecall(manifest, options.RecallFloor, inputs.Space);
        progress?.Report(new JobProgress("publish", 0, 1, "indexes"));
        if (options.Publish)
            await Publishing.PublishAsync(store, inputs.Space, manifest.Version, served, cancellation);
        return IndexSummary.Of(manifest, inputs.Space, clock.Elapsed, standing is not null, (await SnapshotKeys.ReadCurrentAsync(store, inputs.Space, cancellation))?.Version);
    }

    /// <summary>The manifest of a version when it stands there whole.</summary>
    internal static async Task<SnapshotManifest?> FinishedAsync(ObjectStore store, EmbeddingSpace space, string version, CancellationToken cancellation)
    {
        var manifest = await SnapshotKeys.ReadManifestAsync(store, space, version, cancellation);
        foreach (var file in manifest?.Files ?? [])
        {
            var found = await store.StatAsync(SnapshotKeys.File(space, version, file.Path), cancellation);
            if (found?.Bytes != file.Bytes)
                return null;
        }

        return manifest;
    }

    internal static async Task<SnapshotManifest> BuildAsync(
        ObjectStore store, IndexInputs inputs, double recallFloor, Func<Task>? distribute, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new JobProgress("check", 0, null, "inputs"));
        await inputs.VerifyAsync(cancellation);

        using var scratch = new ScratchFolder(store, inputs.Space);
        var survey = await VectorSurvey.ReadAsync(inputs.Vectors, inputs.Plan.TrainingVectors, done => Report("sample", done), cancellation);
        var measure = new RecallMeasure(survey, inputs.Dimension);
        var segment = await ShardedBuild.WriteAsync(store, inputs.Shards, survey, measure, scratch, distribute, Report, cancellation);
        var manifest = ManifestOf(inputs, inputs.Version, [segment]);
        try
        {
            manifest = Measured(manifest, inputs.Plan, measure, scratch.File, recallFloor, cancellation);
        }
        catch (RecallTooLowException)
        {
            // Built again it would find no more.
            await ShardedBuild.DeleteAsync(store, inputs.Space, inputs.Version, cancellation);
            throw;
        }

        var draft = new SnapshotDraft(manifest, [segment.Rows, segment.Vectors], scratch.File);
        manifest = await CommitAsync(store, inputs, draft, scratch, distribute, progress, cancellation);
        await ShardedBuild.DeleteAsync(store, inputs.Space, inputs.Version, cancellation);
        return manifest;

        void Report(string stage, long done) => progress?.Report(new JobProgress(stage, done, inputs.Count, "vectors", inputs.Plan.Factory));
    }

    /// <summary>What a version says of itself before it is measured.</summary>
    internal static SnapshotManifest ManifestOf(IndexInputs inputs, string version, IReadOnlyList<SnapshotSegment> segments) => new()
    {
        FormatVersion = SnapshotKeys.FormatVersion,
        Space = inputs.Space.Name(),
        Version = version,
        Model = inputs.Embeddings.Manifest.Model,
        ModelHash = inputs.Embeddings.Manifest.ModelHash,
        Catalogue = inputs.Catalogue.Name,
        CatalogueHash = inputs.Catalogue.ContentHash,
        EmbeddingsHash = inputs.Embeddings.ContentHash,
        SuggestionsHash = inputs.Suggestions?.ContentHash,
        TagRulesHash = inputs.Catalogue.Vocabulary.ContentHash,
        Fitting = inputs.Fitting,
        VocabularyHash = inputs.VocabularyHash,
        Dimension = inputs.Dimension,
        Count = segments.Sum(segment => segment.Alive),
        Factory = inputs.Plan.Factory,
        Reason = inputs.Plan.Reason,
        NProbe = inputs.Plan.NProbe is [var first, ..] ? first : 0,
        EfSearch = 0,
        RecallAt10 = 0,
        RecallQueries = 0,
        Codes = inputs.Codes,
        Native = segments.Any(segment => segment.Engine == SnapshotSegment.Faiss) ? $"Faiss {FaissLibrary.Version}, {FaissLibrary.Variant} build, {FaissLibrary.BuildInfo}" : null,
        Segments = segments,
        Files = [],
    };

    /// <summary>Opens what was written and measures it.</summary>
    /// <exception cref="RecallTooLowException">Recall is below the floor.</exception>
    internal static SnapshotManifest Measured(SnapshotManifest manifest, IndexPlan plan, RecallMeasure measure, Func<string, string> pathOf, double floor, CancellationToken cancellation)
    {
        using var segments = Snapshot.OpenSegments(manifest, pathOf);
        var measured = measure.Measure(segments, plan.NProbe, floor, cancellation);
        manifest = manifest with
        {
            NProbe = measured.NProbe,
            RecallAt10 = measured.Recall,
            RecallLow = measured.Low,
            RecallHigh = measured.High,
            SelfRecall = measured.SelfRecall,
            RecallQueries = measured.Queries,
            Curve = measured.Curve,
        };
        RequireRecall(manifest, floor, Enum.Parse<EmbeddingSpace>(manifest.Space, ignoreCase: true));
        return manifest;
    }

    /// <summary>Writes what results show, and commits everything, the manifest last.</summary>
    internal static async Task<SnapshotManifest> CommitAsync(
        ObjectStore store, IndexInputs inputs, SnapshotDraft draft, ScratchFolder scratch, Func<Task>? distribute, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var (manifest, database) = (draft.Manifest, scratch.File(SnapshotManifest.DatabaseFile));
        var counts = await SiblingDatabase.TryCopyAsync(store, inputs, database, cancellation) ?? await WriteDatabaseAsync(store, inputs, draft, database, distribute, progress, cancellation);
        progress?.Report(new JobProgress("tags", 0, null, "stickers"));
        await Task.Run(() => WriteTagsAndRecords(draft, database, scratch, cancellation), cancellation);
        string[] names = [.. draft.Names, SnapshotManifest.TagsFile, SnapshotManifest.RecordsFile, SnapshotManifest.DatabaseFile];
        var files = new List<CommittedFile>();
        foreach (var name in names)
        {
            progress?.Report(new JobProgress("commit", files.Count, names.Length, "files"));
            files.Add(await CommitAsync(store, scratch.File(name), $"{SnapshotKeys.Folder(inputs.Space, manifest.Version)}/{name}", cancellation));
        }

        manifest = manifest with { Stickers = counts.Stickers, Thumbnails = counts.Thumbnails, TagDocuments = SnapshotManifest.TagsFile, Records = SnapshotManifest.RecordsFile, Files = [.. files, .. draft.Others] };
        await store.WriteJsonAsync(SnapshotKeys.Manifest(inputs.Space, manifest.Version), manifest, cancellation);
        return manifest;
    }

    internal static void RequireRecall(SnapshotManifest manifest, double floor, EmbeddingSpace space)
    {
        if (manifest.RecallAt10 < floor)
        {
            throw new RecallTooLowException(string.Create(CultureInfo.InvariantCulture,
                $"The {space.Name()} index {manifest.Version} ({manifest.Factory}) finds {manifest.RecallAt10:P2} of the true ten nearest neighbours ") + string.Create(CultureInfo.InvariantCulture,
                $"over {manifest.RecallQueries} queries (95 % interval {manifest.RecallLow:P2} to {manifest.RecallHigh:P2}); the floor is {floor:P2}. It was not published, and what was served before still is."));
        }
    }

    /// <summary>Writes the database; its thumbnails are made by a job, except for those few of an update.</summary>
    private static async Task<DatabaseCounts> WriteDatabaseAsync(
        ObjectStore store, IndexInputs inputs, SnapshotDraft draft, string path, Func<Task>? distribute, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var all = inputs.Catalogue.Manifest.Written;
        if (draft.KnownThumbnail is { } known)
            return await DatabaseBuild.WriteAsync(inputs, path, null, known, Stickers, cancellation);
        var folder = ThumbnailShards.FolderOf(inputs.Space, inputs.Version);
        var result = await ShardedBuild.RunAsync(
            new ThumbnailShards(inputs.Catalogue), folder, store, distribute, share => progress?.Report(new JobProgress("thumbnails", (long)(share * all), all, "stickers")), cancellation);
        await using var made = new ThumbnailStream(result, cancellation);
        return await DatabaseBuild.WriteAsync(inputs, path, made, null, Stickers, cancellation);

        void Stickers(long done) => progress?.Report(new JobProgress("stickers", done, all, "stickers"));
    }

    private static void WriteTagsAndRecords(SnapshotDraft draft, string database, ScratchFolder scratch, CancellationToken cancellation)
    {
        var segments = new List<(RowTable, RowBitmap?)>();
        foreach (var segment in draft.Manifest.Segments!)
        {
            var rows = RowTable.Open(draft.PathOf(segment.Rows));
            segments.Add((rows, segment.Deleted is null ? null : RowBitmap.Read(draft.PathOf(segment.Deleted), rows.Count)));
        }

        using var stickers = StickerDatabase.Open(database);
        TagDocumentsWriter.Write(scratch.File(SnapshotManifest.TagsFile), stickers, segments, cancellation);
        ReadyRecordsWriter.Write(scratch.File(SnapshotManifest.RecordsFile), stickers, cancellation);
    }

    private static async Task<CommittedFile> CommitAsync(ObjectStore store, string path, string key, CancellationToken cancellation)
    {
        await using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan | FileOptions.Asynchronous);
        await using var writer = await store.CreateAsync(key, cancellation);
        await source.CopyToAsync(writer.Stream, 1 << 20, cancellation);
        return await writer.CommitAsync(cancellation);
    }
}
