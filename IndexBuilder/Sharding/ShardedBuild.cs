using System.Runtime.InteropServices;
using Faiss;
using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>Builds inverted lists shard by shard, in this process or in many, and merges them. A build that was stopped goes on after its last finished shard.</summary>
internal static class ShardedBuild
{
    /// <param name="store">Where shards lie meanwhile, so that other processes can make them.</param>
    /// <param name="inputs">The vectors and the version that they make.</param>
    /// <param name="survey">What is known of them.</param>
    /// <param name="measure">Shown every vector.</param>
    /// <param name="scratch">Where vectors.faiss goes.</param>
    /// <param name="distribute">Lets other processes make shards and returns when they are done; null to make all here.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops the build.</param>
    public static async Task WriteAsync(
        ObjectStore store, ShardInputs inputs, VectorSurvey survey, RecallMeasure measure, ScratchFolder scratch, Func<Task>? distribute, Action<string, long> progress, CancellationToken cancellation)
    {
        var folder = IndexShards.FolderOf(inputs.Space, inputs.Version);
        var trained = scratch.File(IndexShards.TrainedFile);
        if (await store.StatAsync($"{folder}/{IndexShards.TrainedFile}", cancellation) is null)
        {
            progress("train", 0);
            using var empty = FaissIndex.Create(inputs.Dimension, inputs.Plan.Factory, MetricType.InnerProduct);
            await Task.Run(() => empty.Train(survey.Training, Environment.ProcessorCount), cancellation);
            empty.Save(trained);
            await CopyAsync(store, trained, $"{folder}/{IndexShards.TrainedFile}", cancellation);
        }

        survey.ForgetTraining();
        await CopyAsync(store, scratch.File(SnapshotManifest.RowsFile), $"{folder}/{SnapshotManifest.RowsFile}", cancellation);
        await store.WriteAsync($"{folder}/{IndexShards.QueriesFile}", MemoryMarshal.AsBytes(measure.Queries).ToArray(), cancellation);
        if (distribute is not null)
        {
            progress("distribute", 0);
            await distribute();
        }

        // What others have made is not made again.
        var options = new RunOptions { Folder = folder, Preprocess = 0, Main = Math.Max(1, Environment.ProcessorCount), Postprocess = 0 };
        var report = await JobRunner.RunAsync(new IndexShards(inputs), store, options, new ShardProgress(done => progress("index", done)), cancellation);

        using var file = await store.FetchAsync($"{folder}/{IndexShards.TrainedFile}", cancellation);
        using var index = FaissIndex.Load(file.Path);
        foreach (var shard in report.Result.Files)
        {
            cancellation.ThrowIfCancellationRequested();
            await using var stream = await report.Result.OpenAsync(shard, cancellation);
            ShardFile.Merge(stream, index, measure);
            progress("merge", index.Count);
        }

        if (index.Count != survey.Rows.Count)
            throw new InvalidDataException($"The shards together hold {index.Count} vectors; {survey.Rows.Count} were expected. Delete {folder} and build again.");
        index.EnableReconstruct();
        index.Save(scratch.File(SnapshotManifest.IndexFile));
    }

    /// <summary>Deletes the shards of a version that is built.</summary>
    public static async Task DeleteAsync(ObjectStore store, EmbeddingSpace space, string version, CancellationToken cancellation)
    {
        foreach (var stored in await store.ListAsync($"{IndexShards.FolderOf(space, version)}/", cancellation).ToListAsync(cancellation))
            await store.DeleteAsync(stored.Key, cancellation);
    }

    private static async Task CopyAsync(ObjectStore store, string path, string key, CancellationToken cancellation)
    {
        await using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        await using var writer = await store.CreateAsync(key, cancellation);
        await source.CopyToAsync(writer.Stream, 1 << 20, cancellation);
        await writer.CommitAsync(cancellation);
    }
}

/// <summary>What shards are made of.</summary>
/// <param name="Embeddings">The set.</param>
/// <param name="Space">Which of its vectors.</param>
/// <param name="Version">The version that they make.</param>
/// <param name="Plan">The index.</param>
/// <param name="ShardBytes">Bytes of embeddings that make a shard.</param>
internal sealed record ShardInputs(EmbeddingSet Embeddings, EmbeddingSpace Space, string Version, IndexPlan Plan, long ShardBytes)
{
    /// <summary>Makes binary codes as the network learned to; null where it did not, or is not to be asked.</summary>
    public CodeMap? Codes { get; init; }

    public VectorSource Vectors { get; } = new(Embeddings, Space);

    public int Dimension => Vectors.Dimension;
}
