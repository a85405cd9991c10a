using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Tests;

public sealed class InterruptedBuildTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("check", false)]
    [InlineData("sample", false)]
    [InlineData("index", true)]
    [InlineData("merge", true)]
    [InlineData("thumbnails", true)]
    [InlineData("stickers", true)]
    [InlineData("tags", true)]
    [InlineData("commit", true)]
    public async Task Build_StoppedInStage_LeavesAtMostShardsAndGoesOnToTheSameBytes(string stage, bool leavesShards)
    {
        using var undisturbed = await World.CreateAsync();
        var expected = await undisturbed.BuildAsync();
        using var world = await World.CreateAsync();
        using var stop = new CancellationTokenSource();
        var progress = new StopAt(stage, stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => IndexBuild.RunAsync(world.Store, World.Options(), progress, stop.Token));
        Assert.Empty(world.Remains());
        Assert.Equal(leavesShards ? ["unfinished"] : [], (await IndexCatalogue.ListAsync(world.Store, EmbeddingSpace.Visual, Stop)).Select(version => version.Problem));
        Assert.Equal(leavesShards, Directory.Exists(world.Store.PathOf($"indexes/visual/{expected.Version}/shards")));
        Assert.Null(await SnapshotKeys.ReadCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop));

        var again = await world.BuildAsync();
        Assert.Equal(undisturbed.Bytes(expected.Version), world.Bytes(again.Version));
        Assert.DoesNotContain(await world.Store.ListAsync($"indexes/visual/{expected.Version}/", Stop).ToListAsync(Stop), left => left.Key.Count(letter => letter == '/') > 3);
    }

    [Fact]
    public async Task Build_AfterKill_IgnoresGarbageAndRemovesIt()
    {
        using var undisturbed = await World.CreateAsync();
        var expected = await undisturbed.BuildAsync();
        using var world = await World.CreateAsync();
        // What kill -9 leaves between commits: half-written scratch files, and a version's files without its manifest.
        var scratch = Directory.CreateDirectory(Path.Combine(world.Store.Root, "indexes", "visual", ".tmp-build")).FullName;
        await File.WriteAllTextAsync(Path.Combine(scratch, "stickers.db"), "half", Stop);
        await File.WriteAllTextAsync(Path.Combine(scratch, "stickers.db-journal"), "half", Stop);
        var folder = Directory.CreateDirectory(world.Store.PathOf($"indexes/visual/{expected.Version}")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "vectors.exact"), "garbage", Stop);

        var unfinished = Assert.Single(await IndexCatalogue.ListAsync(world.Store, EmbeddingSpace.Visual, Stop));
        Assert.Equal((expected.Version, "unfinished"), (unfinished.Version, unfinished.Problem));
        await Assert.ThrowsAsync<FileNotFoundException>(() => Snapshot.OpenAsync(world.Store, EmbeddingSpace.Visual, expected.Version, Stop));

        var again = await world.BuildAsync();
        Assert.Equal(undisturbed.Bytes(expected.Version), world.Bytes(again.Version));
        Assert.Empty(world.Remains());
    }

    [Fact]
    public async Task Build_WhileAnotherBuilds_IsRefused()
    {
        using var world = await World.CreateAsync(30);
        using (SpaceLock.Take(world.Store, EmbeddingSpace.Visual))
        {
            var e = await Assert.ThrowsAsync<InvalidOperationException>(() => world.BuildAsync());
            Assert.Contains("Another process", e.Message, StringComparison.Ordinal);
            await world.BuildAsync(World.Options(EmbeddingSpace.Semantic));
        }

        await world.BuildAsync();
    }

    private sealed class StopAt(string stage, CancellationTokenSource stop) : IProgress<JobProgress>
    {
        public void Report(JobProgress value)
        {
            if (value.Stage == stage)
                stop.Cancel();
        }
    }
}
