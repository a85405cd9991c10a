using System.Runtime.InteropServices;
using Faiss;
using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>
/// Fills copies of a trained index, each with the vectors of one shard, and finds each shard's nearest neighbours of the queries that will measure
/// recall. Merged in the shards' order they are what one process would have made of all. What is needed lies in the folder beforehand.
/// </summary>
public sealed class IndexShards : Job<int, int, byte[], byte[]>
{
    /// <summary>Name of the trained, empty index in the job's folder.</summary>
    internal const string TrainedFile = "trained.faiss";

    /// <summary>Name of the queries in the job's folder: float32, row-major.</summary>
    internal const string QueriesFile = "queries.bin";

    private const int BatchRows = 4096;

    private readonly VectorSource _source;
    private readonly EmbeddingSet _embeddings;
    private readonly string _version;
    private readonly long _shardBytes;
    private LocalFile? _trained;
    private RowTable? _rows;
    private float[] _queries = [];

    internal IndexShards(ShardInputs inputs) =>
        (_embeddings, _source, _version, _shardBytes, Folder) = (inputs.Embeddings, inputs.Vectors, inputs.Version, inputs.ShardBytes, FolderOf(inputs.Space, inputs.Version));

    /// <summary>Where the job's files lie.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public override string ManifestName => "shards.json";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Inputs => new Dictionary<string, string> { ["version"] = _version };

    /// <inheritdoc/>
    public override Source<int> Source => new PartGroupSource(_embeddings, _shardBytes);

    /// <inheritdoc/>
    public override Sink<byte[]> Sink => new ShardFileSink();

    /// <inheritdoc/>
    public override bool Reshapes(StageKind stage) => stage == StageKind.Main;

    /// <inheritdoc/>
    public override async Task PrepareAsync(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Stage != StageKind.Main)
            return;
        _trained = await context.Store.FetchAsync($"{Folder}/{TrainedFile}", context.Cancellation);
        using (var rows = await context.Store.FetchAsync($"{Folder}/{SnapshotManifest.RowsFile}", context.Cancellation))
            _rows = RowTable.Open(rows.Path);
        using var queries = await context.Store.FetchAsync($"{Folder}/{QueriesFile}", context.Cancellation);
        _queries = MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(queries.Path, context.Cancellation)).ToArray();
    }

    /// <inheritdoc/>
    public override IAsyncEnumerable<int> Preprocess(IAsyncEnumerable<int> items, ShardContext context) => items;

    /// <inheritdoc/>
    public override async IAsyncEnumerable<byte[]> Main(IAsyncEnumerable<int> items, ShardContext context)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(context);
        var d = _source.Dimension;
        using var index = FaissIndex.Load(_trained!.Path);
        var truth = new ExactSearch(_queries, d, RecallMeasure.Neighbours);
        var (ids, vectors) = (new List<StickerId>(BatchRows), new float[BatchRows * d]);
        await foreach (var part in items)
        {
            await foreach (var (id, vector, _) in _source.ReadPartAsync(part, context.Cancellation))
            {
                vector.CopyTo(vectors, ids.Count * d);
                ids.Add(id);
                if (ids.Count == BatchRows)
                    Flush();
            }
        }

        Flush();
        yield return ShardFile.Write(index, truth);

        void Flush()
        {
            context.Cancellation.ThrowIfCancellationRequested();
            index.AddWithIds(vectors.AsSpan(0, ids.Count * d), [.. ids.Select(_rows!.RowOf)], context.Threads);
            truth.Add(ids, vectors.AsMemory(0, ids.Count * d), context.Threads);
            ids.Clear();
        }
    }

    /// <inheritdoc/>
    public override IAsyncEnumerable<byte[]> Postprocess(IAsyncEnumerable<byte[]> items, ShardContext context) => items;

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _trained?.Dispose();
        return base.DisposeAsync();
    }

    internal static string FolderOf(EmbeddingSpace space, string version) => $"{SnapshotKeys.Folder(space, version)}/shards";
}
