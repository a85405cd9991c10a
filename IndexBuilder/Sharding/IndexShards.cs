using System.Runtime.InteropServices;
using Stickers.Pipeline;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>
/// Makes the shards of an index, each of the vectors of some parts of the embeddings, and finds each shard's nearest neighbours of the queries that will measure
/// recall. Merged in the shards' order they are what one process would have made of all. What is needed lies in the folder beforehand.
/// </summary>
internal sealed class IndexShards : Job<int, int, byte[], byte[]>
{
    /// <summary>Name of what was fitted, in the job's folder.</summary>
    public const string FittedFile = "fitted.bin";

    /// <summary>Name of the queries in the job's folder: float32, row-major.</summary>
    public const string QueriesFile = "queries.bin";

    /// <summary>Raised whenever shards of the same inputs would be other files.</summary>
    private const string Format = "2";

    private readonly ShardInputs _inputs;
    private readonly SegmentKind _kind;
    private LocalFile? _fitted;
    private RowTable? _rows;
    private float[] _queries = [];

    /// <param name="inputs">What to make shards of.</param>
    /// <param name="rows">The rows, where they are in memory already; null to read them from the folder.</param>
    public IndexShards(ShardInputs inputs, RowTable? rows = null) =>
        (_inputs, _kind, _rows, Folder) = (inputs, SegmentKind.Of(inputs), rows, FolderOf(inputs.Space, inputs.Version));

    /// <summary>Where the job's files lie.</summary>
    public string Folder { get; }

    public override string ManifestName => "shards.json";

    public override IReadOnlyDictionary<string, string> Inputs => new Dictionary<string, string> { ["format"] = Format, ["version"] = _inputs.Version };

    public override Source<int> Source => new PartGroupSource(_inputs.Embeddings, _inputs.ShardBytes);

    public override Sink<byte[]> Sink => new ShardFileSink();

    public override bool Reshapes(StageKind stage) => stage == StageKind.Main;

    public override async Task PrepareAsync(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Stage != StageKind.Main)
            return;
        _fitted = await context.Store.FetchAsync($"{Folder}/{FittedFile}", context.Cancellation);
        _kind.Open(_fitted.Path);
        if (_rows is null)
        {
            using var rows = await context.Store.FetchAsync($"{Folder}/{SnapshotManifest.RowsFile}", context.Cancellation);
            _rows = RowTable.Open(rows.Path);
        }

        using var queries = await context.Store.FetchAsync($"{Folder}/{QueriesFile}", context.Cancellation);
        _queries = MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(queries.Path, context.Cancellation)).ToArray();
    }

    public override IAsyncEnumerable<int> Preprocess(IAsyncEnumerable<int> items, ShardContext context) => items;

    public override async IAsyncEnumerable<byte[]> Main(IAsyncEnumerable<int> items, ShardContext context)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(context);
        using var shard = _kind.BeginShard();
        var truth = new ExactSearch(_queries, _inputs.Dimension, RecallMeasure.Neighbours);
        var body = 0L;
        await foreach (var batch in _inputs.Vectors.ReadBatchesAsync(items, _rows!, context.Cancellation))
        {
            truth.Add(batch.Ids, batch.Vectors, context.Threads);
            var ready = shard.Add(batch, context.Threads, context.Cancellation);
            body += ready.Length;
            yield return ready;
        }

        var rest = shard.End();
        yield return rest;
        yield return ShardFile.TailOf(truth, shard.Notes, body + rest.Length);
    }

    public override IAsyncEnumerable<byte[]> Postprocess(IAsyncEnumerable<byte[]> items, ShardContext context) => items;

    public override ValueTask DisposeAsync()
    {
        _kind.Dispose();
        _fitted?.Dispose();
        return base.DisposeAsync();
    }

    public static string FolderOf(EmbeddingSpace space, string version) => $"{SnapshotKeys.Folder(space, version)}/shards";
}
