using Stickers.Catalogue;
using Stickers.IndexBuilder.Sharding;
using Stickers.Pipeline;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Tests;

/// <summary>Indexes of every kind that are built shard by shard.</summary>
public sealed class ShardedBuildTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Of each kind one, and the recall it has at least: vectors rounded to 8 bits, all lists visited, lose a little.</summary>
    public static TheoryData<string, string, double> Kinds => new() { { "Exact", "vectors.exact", 1 }, { "Coded4", "vectors.coded", 1 }, { "IVF4,SQ8", "vectors.faiss", 0.9 }, { "IDMap2,IVF4,SQ8,RFlat", "vectors.faiss", 1 } };

    private static Func<IndexRequest, IndexPlan> Planned(string factory) => of => new IndexPlan(factory, "test", factory == "Exact" ? 0 : (int)of.Count, factory == "Exact" ? [] : [4]);

    private static IndexBuildOptions Options(long shardBytes) => World.Options() with { ShardBytes = shardBytes, RecallFloor = 0.5 };

    private static Task<IndexSummary> BuildAsync(World world, string factory, long shardBytes, IProgress<JobProgress>? progress = null, Func<Task>? distribute = null, CancellationToken? stop = null) =>
        IndexBuild.RunAsync(world.Store, Options(shardBytes) with { Distribute = distribute }, Planned(factory), progress, stop ?? Stop);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Build_ManyShards_SameBytesAsOne(string factory, string vectors, double recall)
    {
        using var one = await World.CreateAsync();
        using var many = await World.CreateAsync();
        var (a, b) = (await BuildAsync(one, factory, long.MaxValue), await BuildAsync(many, factory, 1));
        Assert.Equal(a.Version, b.Version);
        Assert.Equal(one.Bytes(a.Version), many.Bytes(b.Version)); // recall as measured by each shard is in index.json
        Assert.Equal(["index.json", "records.bin", "rows.bin", "stickers.db", "tags.bin", vectors], Directory.GetFiles(many.Store.PathOf($"indexes/visual/{b.Version}"), "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
        Assert.InRange(a.RecallAt10, recall, 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Build_StoppedAfterShards_DoesNotMakeThemAgain(string factory, string vectors, double recall)
    {
        using var undisturbed = await World.CreateAsync();
        var expected = await BuildAsync(undisturbed, factory, 1);
        using var world = await World.CreateAsync();
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BuildAsync(world, factory, 1, new StopAt("merge", stop), stop: stop.Token));
        var folder = world.Store.PathOf($"indexes/visual/{expected.Version}/shards");
        var made = Directory.GetFiles(folder, "part-*.shard").ToDictionary(file => file, File.GetLastWriteTimeUtc);
        Assert.Equal(2, made.Count);
        Assert.Equal("unfinished", Assert.Single(await IndexCatalogue.ListAsync(world.Store, EmbeddingSpace.Visual, Stop)).Problem);

        // Whether they stand there still is seen before they are merged and deleted.
        Dictionary<string, DateTime>? found = null;
        await BuildAsync(world, factory, 1, new Look("merge", () => found ??= Directory.GetFiles(folder, "part-*.shard").ToDictionary(file => file, File.GetLastWriteTimeUtc)));
        Assert.Equal(made, found);
        Assert.Equal(undisturbed.Bytes(expected.Version), world.Bytes(expected.Version));
        Assert.True(world.Bytes(expected.Version).ContainsKey(vectors) && expected.RecallAt10 >= recall);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Build_ShardsMadeElsewhere_AreMergedHere(string factory, string vectors, double recall)
    {
        using var world = await World.CreateAsync();
        using var alone = await World.CreateAsync();
        var expected = await BuildAsync(alone, factory, 1);
        var shards = new List<(string, int)>();
        var built = await BuildAsync(world, factory, 1, distribute: async () =>
        {
            // As another process would: all it knows is in the store.
            var work = (await IndexBuild.OpenShardsAsync(world.Store, Options(1), Planned(factory), Stop))!;
            var report = await JobRunner.RunAsync(work.Job, world.Store, new RunOptions { Folder = work.Folder, Preprocess = 0, Main = 2, Postprocess = 0 }, null, Stop);
            shards.Add((work.Job.Name, report.ShardsDone));
        });
        Assert.Equal([("index-shards", 2), ("thumbnail-shards", 2)], shards);
        Assert.Equal(alone.Bytes(expected.Version), world.Bytes(built.Version));
        Assert.True(world.Bytes(built.Version).ContainsKey(vectors) && built.RecallAt10 >= recall);
        Assert.Null(await IndexBuild.OpenShardsAsync(world.Store, World.Options(), Stop)); // nothing waits any more
    }

    [Fact]
    public async Task Build_AShardIsDamaged_IsToldWithTheFolderToDeleteAndOneCutOffIsMadeAgain()
    {
        using var undisturbed = await World.CreateAsync(60);
        var expected = await BuildAsync(undisturbed, "Exact", 1);
        using var world = await World.CreateAsync(60);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BuildAsync(world, "Exact", 1, new StopAt("merge", stop), stop: stop.Token));
        var shard = Directory.GetFiles(world.Store.Root, "part-00001.shard", SearchOption.AllDirectories).Single();
        var whole = await File.ReadAllBytesAsync(shard, Stop);
        await File.WriteAllBytesAsync(shard, [.. whole[..^8], .. Enumerable.Repeat((byte)255, 8)], Stop);
        var told = await Assert.ThrowsAsync<InvalidDataException>(() => BuildAsync(world, "Exact", 1));
        Assert.Contains("/shards and build again", told.Message, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(shard, whole[..^9], Stop);
        await BuildAsync(world, "Exact", 1);
        Assert.Equal(undisturbed.Bytes(expected.Version), world.Bytes(expected.Version));
    }

    [Fact]
    public async Task ShardBytes_FewOrManyEmbeddings_SeveralShardsOfBoundedSize()
    {
        using var world = await World.CreateAsync(60);
        var inputs = (await IndexInputs.OpenAsync(world.Store, World.Options(), IndexPlanner.Plan, Stop)).Shards;
        Assert.InRange(inputs.ShardBytes, 1, inputs.Embeddings.Manifest.Files.Min(file => file.Bytes)); // so each part is a shard
        Assert.Equal(inputs.Embeddings.Manifest.Files.Count, await new PartGroupSource(inputs.Embeddings, inputs.ShardBytes).ListAsync(world.Store, Stop).CountAsync(Stop));
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
