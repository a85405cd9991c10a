using System.Runtime.InteropServices;
using Stickers.Pipeline;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>
/// Builds an index of any kind shard by shard, in this process or in many, and merges them. A build that was stopped goes on after its last finished shard.
/// </summary>
internal static class ShardedBuild
{
    /// <summary>Writes rows and vectors of a segment that holds all vectors of a source.</summary>
    /// <param name="store">Where shards lie meanwhile, so that other processes can make them.</param>
    /// <param name="inputs">The vectors and the version that they make.</param>
    /// <param name="survey">What is known of them; its sample is not needed any more when this returns.</param>
    /// <param name="measure">Shown the nearest of all vectors.</param>
    /// <param name="scratch">Where the files go, under the names that the manifest will give.</param>
    /// <param name="distribute">Lets other processes make shards and returns when they are done; null to make all here.</param>
    /// <param name="progress">Told of each stage how many vectors it has done.</param>
    /// <param name="cancellation">Stops the build.</param>
    public static async Task<SnapshotSegment> WriteAsync(
        ObjectStore store, ShardInputs inputs, VectorSurvey survey, RecallMeasure measure, ScratchFolder scratch, Func<Task>? distribute, Action<string, long> progress, CancellationToken cancellation)
    {
        using var kind = SegmentKind.Of(inputs);
        survey.Rows.Write(scratch.File(SnapshotManifest.RowsFile));
        await PrepareAsync(store, inputs, kind, survey, measure, scratch, progress, cancellation);
        var folder = IndexShards.FolderOf(inputs.Space, inputs.Version);
        var made = await RunAsync(
            new IndexShards(inputs, survey.Rows), folder, store, distribute, share => progress(distribute is null || share > 0 ? "index" : "distribute", (long)(share * survey.Rows.Count)), cancellation);

        using var fitted = await store.FetchAsync($"{folder}/{IndexShards.FittedFile}", cancellation);
        kind.Open(fitted.Path);
        using var merging = kind.BeginMerge(scratch.File(kind.FileName), survey.Rows.Count);
        var shards = new List<ShardFile>();
        foreach (var file in made.Files)
            shards.Add(await ShardFile.OpenAsync(made, file, measure, merging, cancellation));
        foreach (var shard in shards)
        {
            cancellation.ThrowIfCancellationRequested();
            await using var body = await shard.OpenBodyAsync(cancellation);
            merging.Take(body);
            progress("merge", merging.Count);
        }

        if (merging.Count != survey.Rows.Count)
            throw new InvalidDataException($"The shards together hold {merging.Count} vectors; {survey.Rows.Count} were expected. Delete {folder} and build again.");
        merging.Complete();
        return new SnapshotSegment(kind.Engine, SnapshotManifest.RowsFile, kind.FileName, null, survey.Rows.Count, survey.Rows.Count);
    }

    /// <summary>Runs a job of a build, in other processes and then here: what those have made is not made again.</summary>
    /// <param name="job">The job.</param>
    /// <param name="folder">Where its files go.</param>
    /// <param name="store">The store.</param>
    /// <param name="distribute">Lets other processes run the job; null to run it here.</param>
    /// <param name="progress">Told what share is done.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<JobResult> RunAsync(Job job, string folder, ObjectStore store, Func<Task>? distribute, Action<double> progress, CancellationToken cancellation)
    {
        if (distribute is not null && await store.StatAsync($"{folder}/{job.ManifestName}", cancellation) is null)
        {
            progress(0);
            await distribute();
        }

        // Whole in each of as many workers as there are cores.
        var options = new RunOptions { Folder = folder, Preprocess = 0, Main = Environment.ProcessorCount, Postprocess = 0 };
        return (await JobRunner.RunAsync(job, store, options, new ShardProgress(progress), cancellation)).Result;
    }

    /// <summary>Deletes the shards and thumbnails of a version that is built.</summary>
    public static async Task DeleteAsync(ObjectStore store, EmbeddingSpace space, string version, CancellationToken cancellation)
    {
        foreach (var folder in (string[])[IndexShards.FolderOf(space, version), ThumbnailShards.FolderOf(space, version)])
        {
            foreach (var stored in await store.ListAsync($"{folder}/", cancellation).ToListAsync(cancellation))
                await store.DeleteAsync(stored.Key, cancellation);
        }
    }

    /// <summary>Puts there what other processes need to make shards; the queries last.</summary>
    private static async Task PrepareAsync(
        ObjectStore store, ShardInputs inputs, SegmentKind kind, VectorSurvey survey, RecallMeasure measure, ScratchFolder scratch, Action<string, long> progress, CancellationToken cancellation)
    {
        var folder = IndexShards.FolderOf(inputs.Space, inputs.Version);
        if (await store.StatAsync($"{folder}/{IndexShards.FittedFile}", cancellation) is null)
        {
            progress("train", 0);
            var sample = survey.Training.ToArray();
            await Task.Run(() => kind.Fit(scratch.File(IndexShards.FittedFile), sample, cancellation), cancellation);
            await CopyAsync(store, scratch.File(IndexShards.FittedFile), $"{folder}/{IndexShards.FittedFile}", cancellation);
        }

        survey.ForgetTraining();
        await CopyAsync(store, scratch.File(SnapshotManifest.RowsFile), $"{folder}/{SnapshotManifest.RowsFile}", cancellation);
        await store.WriteAsync($"{folder}/{IndexShards.QueriesFile}", MemoryMarshal.AsBytes(measure.Queries).ToArray(), cancellation);
    }

    private static async Task CopyAsync(ObjectStore store, string path, string key, CancellationToken cancellation)
    {
        await using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        await using var writer = await store.CreateAsync(key, cancellation);
        await source.CopyToAsync(writer.Stream, 1 << 20, cancellation);
        await writer.CommitAsync(cancellation);
    }
}
