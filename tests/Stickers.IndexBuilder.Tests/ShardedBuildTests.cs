using Stickers.Catalogue;
using Stickers.IndexBuilder.Sharding;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Tests;

/// <summary>Inverted lists that are filled shard by shard.</summary>
public sealed class ShardedBuildTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static IndexPlan Lists(IndexRequest of) => new("IVF4,SQ8", "test", (int)of.Count, [4]);

    private static Task<IndexSummary> BuildAsync(World world, long shardBytes, IProgress<JobProgress>? progress = null, Func<Task>? distribute = null, CancellationToken? stop = null) =>
        IndexBuild.RunAsync(world.Store, World.Options() with { ShardBytes = shardBytes, Distribute = distribute, RecallFloor = 0.5 }, Lists, progress, stop ?? Stop);

    [Fact]
    public async Task Build_ManyShards_SameBytesAsOne()
    {
        using var one = await World.CreateAsync();
        using var many = await World.CreateAsync();
        var (a, b) = (await BuildAsync(one, long.MaxValue), await BuildAsync(many, 1));
        Assert.Equal(a.Version, b.Version);
        Assert.Equal(one.Bytes(a.Version), many.Bytes(b.Version)); // recall as measured by each shard is in index.json
        Assert.Equal(["index.json", "rows.bin", "stickers.db", "tags.bin", "vectors.faiss"], Directory.GetFiles(many.Store.PathOf($"indexes/visual/{b.Version}"), "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
        Assert.InRange(a.RecallAt10, 0.9, 1); // of vectors rounded to 8 bits, all lists visited
    }

    [Fact]
    public async Task Build_StoppedAfterShards_DoesNotMakeThemAgain()
    {
        using var undisturbed = await World.CreateAsync();
        var expected = await BuildAsync(undisturbed, 1);
        using var world = await World.CreateAsync();
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BuildAsync(world, 1, new StopAt("merge", stop), stop: stop.Token));
        var folder = world.Store.PathOf($"indexes/visual/{expected.Version}/shards");
        var made = Directory.GetFiles(folder, "part-*.shard").ToDictionary(file => file, File.GetLastWriteTimeUtc);
        Assert.Equal(2, made.Count);
        Assert.Equal("unfinished", Assert.Single(await IndexCatalogue.ListAsync(world.Store, EmbeddingSpace.Visual, Stop)).Problem);

        // Whether they stand there still is seen before they are merged and deleted.
        Dictionary<string, DateTime>? found = null;
        await BuildAsync(world, 1, new Look("merge", () => found ??= Directory.GetFiles(folder, "part-*.shard").ToDictionary(file => file, File.GetLastWriteTimeUtc)));
        Assert.Equal(made, found);
        Assert.Equal(undisturbed.Bytes(expected.Version), world.Bytes(expected.Version));
    }

    [Fact]
    public async Task Build_ShardsMadeElsewhere_AreMergedHere()
    {
        using var world = await World.CreateAsync();
        using var alone = await World.CreateAsync();
        var expected = await BuildAsync(alone, 1);
        var shards = 0;
        var built = await BuildAsync(world, 1, distribute: async () =>
        {
            // As another process would: all it knows is in the store.
            var inputs = await IndexInputs.OpenAsync(world.Store, World.Options() with { ShardBytes = 1, RecallFloor = 0.5 }, Lists, Stop);
            var report = await Pipeline.JobRunner.RunAsync(
                new IndexShards(inputs.Shards), world.Store, new Pipeline.RunOptions { Folder = IndexShards.FolderOf(inputs.Space, inputs.Version), Preprocess = 0, Main = 2, Postprocess = 0 }, null, Stop);
            shards = report.ShardsDone;
        });
        Assert.Equal(2, shards);
        Assert.Equal(alone.Bytes(expected.Version), world.Bytes(built.Version));
        Assert.Null(await IndexBuild.OpenShardsAsync(world.Store, World.Options(), Stop)); // nothing waits any more
    }

    private sealed class StopAt(string stage, CancellationTokenSource stop) : IProgress<JobProgress>
    {
        public void Report(JobProgress value)
        {
            if (value.Stage == stage) stop.Cancel();
        }
    }

    private sealed class Look(string stage, Action look) : IProgress<JobProgress>
    {
        public void Report(JobProgress value)
        {
            if (value.Stage == stage) look();
        }
    }
}
