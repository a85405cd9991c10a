using System.Diagnostics;
using Stickers.Catalogue;
using Stickers.SimilaritySearch;
using Stickers.SimilaritySearch.Exact;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>
/// Brings an index up to date with new embeddings by the difference alone. The new version goes on using the vectors of a base that was built
/// whole: stickers that went, or whose vector is another one, are marked as deleted in it; new and changed ones stand in a second segment, searched
/// exactly. What is found is what an index built whole would find. When the difference has grown too large, the index is built whole.
/// </summary>
public static class IndexUpdate
{
    /// <summary>Writes the new version and, unless told otherwise, serves it from now on.</summary>
    /// <exception cref="FileNotFoundException">Inputs, or the version to start from, do not exist or are unfinished.</exception>
    /// <exception cref="InvalidDataException">Inputs are damaged, do not belong together, or come from another model than the index.</exception>
    /// <exception cref="RecallTooLowException">Recall is below the floor: nothing was published.</exception>
    /// <exception cref="PublishedMeanwhileException">Somebody else has published meanwhile.</exception>
    /// <exception cref="InvalidOperationException">Another process is building this space, or nothing is served that could be updated.</exception>
    public static Task<IndexSummary> RunAsync(ObjectStore store, IndexUpdateOptions options, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default) =>
        RunAsync(store, options, IndexPlanner.Plan, progress, cancellation);

    internal static async Task<IndexSummary> RunAsync(
        ObjectStore store, IndexUpdateOptions options, Func<IndexRequest, IndexPlan> plan, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        if (!(options.CompactAt is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(options), options.CompactAt, "The share is between 0 and 1.");
        var (clock, space) = (Stopwatch.StartNew(), options.Build.Space);
        using var building = SpaceLock.Take(store, space);
        var served = await Publishing.ServedAsync(store, space, cancellation);
        var inputs = await IndexInputs.OpenAsync(store, options.Build, plan, cancellation);
        var basis = await BaseAsync(store, inputs, options.From ?? served.Current?.Version, cancellation);

        var standing = basis.Version == inputs.Version ? basis : await IndexBuild.FinishedAsync(store, space, inputs.VersionOfUpdate(basis.Version), cancellation);
        var manifest = standing ?? await UpdateAsync(store, inputs, basis, options, progress, cancellation);
        IndexBuild.RequireRecall(manifest, options.Build.RecallFloor, space);
        progress?.Report(new JobProgress("publish", 0, 1, "indexes"));
        if (options.Build.Publish)
            await Publishing.PublishAsync(store, space, manifest.Version, served, cancellation);
        return IndexSummary.Of(manifest, space, clock.Elapsed, standing is not null, (await SnapshotKeys.ReadCurrentAsync(store, space, cancellation))?.Version);
    }

    /// <summary>The whole version that the given one is, or updates.</summary>
    private static async Task<SnapshotManifest> BaseAsync(ObjectStore store, IndexInputs inputs, string? version, CancellationToken cancellation)
    {
        var space = inputs.Space;
        if (version is null)
            throw new InvalidOperationException($"No {space.Name()} index is published, so there is nothing to update. Build one: stickers index build --space {space.Name()}");
        var from = await IndexBuild.FinishedAsync(store, space, version, cancellation) ?? throw Missing(version);
        var basis = from.Base is null ? from : await IndexBuild.FinishedAsync(store, space, from.Base, cancellation) ?? throw Missing(from.Base);
        if (basis.Segments is not [{ Deleted: null }])
            throw new InvalidDataException($"The {space.Name()} index {basis.Version} has format version {basis.FormatVersion}, which cannot be updated. Build it again: stickers index build --space {space.Name()}");
        if (basis.ModelHash != inputs.Embeddings.Manifest.ModelHash || basis.Dimension != inputs.Dimension)
        {
            throw new InvalidDataException(
                $"The {space.Name()} index {basis.Version} holds vectors of model {basis.Model} ({basis.ModelHash}); the embeddings are of model {inputs.Embeddings.Manifest.Model} "
                + $"({inputs.Embeddings.Manifest.ModelHash}). Vectors of two models never stand in one index: build it again (stickers index build).");
        }

        return basis;

        FileNotFoundException Missing(string which) => new($"The {space.Name()} index {which} does not exist, is unfinished or has lost a file, so it cannot be updated. Build it again: stickers index build --space {space.Name()}");
    }

    private static async Task<SnapshotManifest> UpdateAsync(
        ObjectStore store, IndexInputs inputs, SnapshotManifest basis, IndexUpdateOptions options, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new JobProgress("check", 0, null, "inputs"));
        await inputs.VerifyAsync(cancellation);
        await Snapshot.VerifyAsync(store, inputs.Space, basis, cancellation);
        using var scratch = new ScratchFolder(store, inputs.Space);
        var survey = await VectorSurvey.ReadAsync(inputs.Vectors, 0, done => Report("sample", done), cancellation);
        using var rowsFile = await FetchAsync(basis.Segments![0].Rows);
        var difference = SegmentDifference.Of(RowTable.Open(rowsFile.Path, prints: true), survey.Rows);
        if (basis.Factory != inputs.Plan.Factory || difference.Changes > options.CompactAt * basis.Count)
        {
            progress?.Report(new JobProgress("build", 0, inputs.Count, "vectors", basis.Factory != inputs.Plan.Factory ? "another kind of index is due" : $"{difference.Changes:N0} changes: time to compact"));
            return await IndexBuild.FinishedAsync(store, inputs.Space, inputs.Version, cancellation) ?? await IndexBuild.BuildAsync(store, inputs, options.Build.RecallFloor, options.Build.Distribute, progress, cancellation);
        }

        var measure = new RecallMeasure(survey, inputs.Dimension);
        var (segments, names) = await WriteAsync(inputs, survey, difference, basis, measure, scratch, done => Report("index", done), cancellation);
        using var vectorsFile = await FetchAsync(basis.Segments[0].Vectors);
        using var databaseFile = await FetchAsync(SnapshotManifest.DatabaseFile);
        using var known = StickerDatabase.Open(databaseFile.Path);
        var manifest = IndexBuild.ManifestOf(inputs, inputs.VersionOfUpdate(basis.Version), segments) with { Base = basis.Version, Native = basis.Native, Codes = basis.Codes };
        manifest = IndexBuild.Measured(manifest, inputs.Plan, measure, PathOf, options.Build.RecallFloor, cancellation);
        var others = basis.Files.Where(file => file.Path == basis.Segments[0].Rows || file.Path == basis.Segments[0].Vectors).Select(file => file with { Path = $"{basis.Version}/{file.Path}" });
        var draft = new SnapshotDraft(manifest, names, PathOf) { Others = [.. others], KnownThumbnail = id => difference.IsUnchanged(id) ? known.Thumbnail(id) : null };
        return await IndexBuild.CommitAsync(store, inputs, draft, scratch, null, progress, cancellation);

        string PathOf(string name) => name == segments[0].Rows ? rowsFile.Path : name == segments[0].Vectors ? vectorsFile.Path : scratch.File(name);

        void Report(string stage, long done) => progress?.Report(new JobProgress(stage, done, inputs.Count, "vectors", $"update of {basis.Version}"));

        Task<LocalFile> FetchAsync(string name) => store.FetchAsync(SnapshotKeys.File(inputs.Space, basis.Version, name), cancellation);
    }

    /// <summary>Writes what the base does not have.</summary>
    private static async Task<(IReadOnlyList<SnapshotSegment> Segments, IReadOnlyList<string> Files)> WriteAsync(
        IndexInputs inputs, VectorSurvey survey, SegmentDifference difference, SnapshotManifest basis, RecallMeasure measure, ScratchFolder scratch, Action<long> progress, CancellationToken cancellation)
    {
        const string addedRows = SnapshotManifest.AddedPrefix + SnapshotManifest.RowsFile;
        const string addedVectors = SnapshotManifest.AddedPrefix + SnapshotManifest.ExactFile;
        var (added, names) = (difference.Added, new List<string> { SnapshotManifest.DeletedFile });
        await File.WriteAllBytesAsync(scratch.File(SnapshotManifest.DeletedFile), difference.Deleted.Bytes.ToArray(), cancellation);
        added.Write(scratch.File(addedRows));
        using (var writer = ExactIndexWriter.Create(scratch.File(addedVectors), added.Count, inputs.Dimension))
        {
            var read = 0L;
            await foreach (var batch in inputs.Vectors.ReadBatchesAsync(survey.Rows, cancellation))
            {
                measure.Offer(batch.Ids, batch.Vectors);
                for (var i = 0; i < batch.Rows.Length; i++)
                {
                    if (added.RowOf(batch.Ids[i]) is >= 0 and var row)
                        writer.Set(row, batch.Vector(i));
                }

                progress(read += batch.Ids.Count);
            }

            writer.Complete();
        }

        var whole = basis.Segments![0];
        var segments = new List<SnapshotSegment>
        {
            whole with
            {
                Rows = $"{basis.Version}/{whole.Rows}",
                Vectors = $"{basis.Version}/{whole.Vectors}",
                Deleted = SnapshotManifest.DeletedFile,
                Alive = whole.Count - difference.Deleted.Count,
            },
        };
        if (added.Count > 0)
        {
            segments.Add(new SnapshotSegment(SnapshotSegment.Exact, addedRows, addedVectors, null, added.Count, added.Count));
            names.AddRange([addedRows, addedVectors]);
        }

        return (segments, names);
    }
}
