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
        if (distribute is not null)
        {
            progress("distribute", 0);
            await distribute();
        }

        // What others have made is not made again.
        var folder = IndexShards.FolderOf(inputs.Space, inputs.Version);
        var options = new RunOptions { Folder = folder, Preprocess = 0, Main = Math.Max(1, Environment.ProcessorCount), Postprocess = 0 };
        var watch = new ShardProgress(share => progress("index", (long)(share * survey.Rows.Count)));
        var made = (await JobRunner.RunAsync(new IndexShards(inputs, survey.Rows), store, options, watch, cancellation)).Result;

        using var fitted = await store.FetchAsync($"{folder}/{IndexShards.FittedFile}", cancellation);
        kind.Open(fitted.Path);
        using var merging = kind.BeginMerge(scratch.File(kind.FileName), survey.Rows.Count);
        var shards = new List<ShardFile>();
        foreach (var file in made.Files)
            shards.Add(await ShardFile.OpenAsync(made, file, cancellation));
        foreach (var shard in shards)
            shard.Announce(measure, merging);
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

    /// <summary>Deletes the shards of a version that is built.</summary>
    public static async Task DeleteAsync(ObjectStore store, EmbeddingSpace space, string version, CancellationToken cancellation)
    {
        foreach (var stored in await store.ListAsync($"{IndexShards.FolderOf(space, version)}/", cancellation).ToListAsync(cancellation))
            await store.DeleteAsync(stored.Key, cancellation);
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
