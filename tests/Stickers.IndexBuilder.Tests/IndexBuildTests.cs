using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Tests;

public sealed class IndexBuildTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(EmbeddingSpace.Visual)]
    [InlineData(EmbeddingSpace.Semantic)]
    public async Task Build_Space_ServesItsExactNeighbours(EmbeddingSpace space)
    {
        using var world = await World.CreateAsync();
        var summary = await world.BuildAsync(World.Options(space));
        Assert.Equal((299, 300, 299), (summary.Count, summary.Stickers, summary.Thumbnails));
        Assert.Equal(("Exact", 1.0, 299, 1.0), (summary.Factory, summary.RecallAt10, summary.RecallQueries, summary.SelfRecall));
        Assert.InRange(summary.RecallLow, 0.98, 0.99); // 299 of 299 queries prove no more
        Assert.True(summary is { Published: true, AlreadyBuilt: false });
        Assert.Empty(world.Remains());

        using var snapshot = await Snapshot.OpenCurrentAsync(world.Store, space, Stop);
        Assert.Equal(summary.Version, snapshot.Manifest.Version);
        Assert.Equal(summary.Bytes, snapshot.Manifest.Files.Sum(f => f.Bytes));
        foreach (var embedding in world.Embeddings.Take(20))
        {
            var query = space == EmbeddingSpace.Visual ? embedding.Visual : embedding.Semantic;
            var truth = world.Embeddings.Where(e => e.Id != embedding.Id)
                .Select(e => (e.Id, Score: query.Zip(space == EmbeddingSpace.Visual ? e.Visual : e.Semantic, (a, b) => (double)a * b).Sum()))
                .OrderByDescending(e => e.Score).Take(5).ToArray();
            var found = snapshot.Search(query, 5, exclude: embedding.Id);
            Assert.Equal(truth.Select(t => t.Id), found.Select(f => f.Id));
            for (var i = 0; i < 5; i++)
                Assert.Equal(truth[i].Score, found[i].Score, 1e-5);
            Assert.Equal(query, snapshot.Vector(embedding.Id));
        }

        Assert.Null(snapshot.Vector(world.Stickers[^1].Id));
    }

    [Fact]
    public async Task Build_Database_HoldsRecordsTagsSuggestionsThumbnails()
    {
        using var world = await World.CreateAsync();
        await world.SuggestAsync("m1");
        await world.BuildAsync();
        using var snapshot = await Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop);
        Assert.NotNull(snapshot.Manifest.SuggestionsHash);
        Assert.Equal(300, snapshot.Stickers.Count);
        foreach (var sticker in world.Stickers)
        {
            var record = snapshot.Stickers.Find(sticker.Id)!;
            Assert.Equal((sticker.Key, sticker.Pack, sticker.Creator, sticker.Title, sticker.Locale), (record.Key, record.Pack, record.Creator, record.Title, record.Locale));
            Assert.Equal(TagVocabulary.Default.Normalize(sticker.Tags), record.Tags);
            Assert.Equal(sticker.Tags.Count == 0 ? [new("robot", 0.9f, "accept"), new("maybe", 0.3f, "review")] : [], record.Suggestions);
        }

        Assert.Contains(world.Stickers, s => s.Tags.Count == 0);
        var thumbnail = ImageDecoder.Decode(snapshot.Stickers.Thumbnail(world.Stickers[5].Id), 1000);
        Assert.Equal((160, 67), (thumbnail.Width, thumbnail.Height));
        Assert.Null(snapshot.Stickers.Thumbnail(world.Stickers[^1].Id));
        Assert.NotEmpty(snapshot.Stickers.SearchText("robot", 10));
        Assert.Empty(snapshot.Stickers.SearchText("maybe", 10));
    }

    [Fact]
    public async Task Build_SameInputsElsewhere_SameVersionAndBytes()
    {
        using var one = await World.CreateAsync();
        using var two = await World.CreateAsync();
        await one.SuggestAsync("m1");
        await two.SuggestAsync("m1");
        var (a, b) = (await one.BuildAsync(), await two.BuildAsync());
        Assert.Equal(a.Version, b.Version);
        Assert.Equal(one.Bytes(a.Version), two.Bytes(b.Version));
        Assert.Equal(["index.json", "records.bin", "rows.bin", "stickers.db", "tags.bin", "vectors.exact"], one.Bytes(a.Version).Keys.Order());
    }

    [Fact]
    public async Task Build_InvertedListsTwice_SameBytes()
    {
        using var one = await World.CreateAsync();
        using var two = await World.CreateAsync();
        static IndexPlan Lists(IndexRequest of) => new("IVF4,Flat", "test", (int)of.Count, [4]);
        var a = await IndexBuild.RunAsync(one.Store, World.Options(), Lists, null, Stop);
        var b = await IndexBuild.RunAsync(two.Store, World.Options(), Lists, null, Stop);
        Assert.Equal(one.Bytes(a.Version), two.Bytes(b.Version));
        Assert.Equal(1.0, a.RecallAt10); // all four lists are visited
        using var snapshot = await Snapshot.OpenCurrentAsync(one.Store, EmbeddingSpace.Visual, Stop);
        Assert.Equal(4, snapshot.Manifest.NProbe);
        Assert.Equal(one.Embeddings[7].Visual, snapshot.Vector(one.Embeddings[7].Id));
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("damaged")]
    [InlineData("lost")]
    public async Task Build_SecondSpace_SharesTheDatabaseOnlyIfWhole(string state)
    {
        using var alone = await World.CreateAsync(40);
        var expected = await alone.BuildAsync(World.Options(EmbeddingSpace.Semantic));
        using var world = await World.CreateAsync(40);
        var visual = await world.BuildAsync();
        var path = world.Store.PathOf($"indexes/visual/{visual.Version}/stickers.db");
        if (state == "lost")
            File.Delete(path);
        if (state == "damaged")
            await File.WriteAllBytesAsync(path, [.. (await File.ReadAllBytesAsync(path, Stop)).SkipLast(1), 7], Stop);

        var stages = new Stages();
        var semantic = await IndexBuild.RunAsync(world.Store, World.Options(EmbeddingSpace.Semantic), stages, Stop);
        Assert.Equal(state != "whole", stages.Seen.Contains("stickers"));
        Assert.Equal(alone.Bytes(expected.Version, "semantic"), world.Bytes(semantic.Version, "semantic"));
        Assert.Equal((40, 39), (semantic.Stickers, semantic.Thumbnails));
    }

    private sealed class Stages : IProgress<JobProgress>
    {
        public HashSet<string> Seen { get; } = [];

        public void Report(JobProgress value) => Seen.Add(value.Stage);
    }

    [Fact]
    public async Task Build_Again_ReturnsAtOnceAndAddsNothing()
    {
        using var world = await World.CreateAsync();
        var first = await world.BuildAsync();
        var files = Directory.GetFiles(world.Store.Root, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        var second = await world.BuildAsync();
        Assert.True(second is { AlreadyBuilt: true, Published: true });
        Assert.Equal(first with { AlreadyBuilt = true, Seconds = second.Seconds }, second);
        Assert.Equal(files, Directory.GetFiles(world.Store.Root, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.GetLastWriteTimeUtc));
        Assert.Single((await SnapshotKeys.ReadCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop))!.History);
    }

    [Fact]
    public async Task Build_FileOfFinishedVersionLost_BuildsItAgain()
    {
        using var world = await World.CreateAsync();
        var first = await world.BuildAsync();
        var before = world.Bytes(first.Version);
        File.Delete(world.Store.PathOf($"indexes/visual/{first.Version}/stickers.db"));
        Assert.False((await world.BuildAsync()).AlreadyBuilt);
        Assert.Equal(before, world.Bytes(first.Version));
    }

    [Fact]
    public async Task Build_AnyInputChanges_AnotherVersion()
    {
        using var world = await World.CreateAsync();
        var versions = new List<string> { (await world.BuildAsync()).Version };
        versions.Add((await world.BuildAsync(World.Options(EmbeddingSpace.Semantic))).Version);
        await world.SuggestAsync("m1");
        versions.Add((await world.BuildAsync()).Version);
        await File.WriteAllTextAsync(world.Store.PathOf("tag-rules.yaml"), "junk: [happy]\n", Stop);
        versions.Add((await world.BuildAsync()).Version);
        await world.EmbedAsync("m2", seed: 2, "bbbb");
        versions.Add((await world.BuildAsync(World.Options(model: "m2"))).Version);
        Assert.Equal(5, versions.Distinct().Count());
        Assert.All(versions, v => Assert.True(SnapshotKeys.IsVersion(v), v));
    }

    [Fact]
    public async Task Build_WithoutPublish_KeepsWhatIsServed()
    {
        using var world = await World.CreateAsync();
        var kept = await world.BuildAsync(World.Options() with { Publish = false });
        Assert.False(kept.Published);
        await Assert.ThrowsAsync<FileNotFoundException>(() => Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop));
        using (await Snapshot.OpenAsync(world.Store, EmbeddingSpace.Visual, kept.Version, Stop))
        {
        }

        Assert.True(await world.BuildAsync() is { AlreadyBuilt: true, Published: true });
    }

    [Fact]
    public async Task Build_RecallBelowFloor_IsRefusedAndServedStays()
    {
        using var world = await World.CreateAsync();
        var served = await world.BuildAsync();
        static IndexPlan Poor(IndexRequest of) => new("IVF4,PQ1x4", "test", (int)of.Count, [4]); // tells vectors apart by four bits
        var e = await Assert.ThrowsAsync<RecallTooLowException>(() => IndexBuild.RunAsync(world.Store, World.Options(), Poor, null, Stop));
        Assert.Contains("the floor is 95.00", e.Message, StringComparison.Ordinal);
        Assert.Contains("IVF4,PQ1x4", e.Message, StringComparison.Ordinal);
        Assert.Single(await IndexCatalogue.ListAsync(world.Store, EmbeddingSpace.Visual, Stop));
        Assert.Equal(served.Version, (await SnapshotKeys.ReadCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop))!.Version);
        Assert.Empty(world.Remains());

        // The same build passes with a lower floor, and its measured recall is then held against a higher one.
        var lower = await IndexBuild.RunAsync(world.Store, World.Options() with { RecallFloor = 0.05, Publish = false }, Poor, null, Stop);
        Assert.InRange(lower.RecallAt10, 0.05, 0.95);
        await Assert.ThrowsAsync<RecallTooLowException>(() => IndexBuild.RunAsync(world.Store, World.Options(), Poor, null, Stop));
    }

    [Fact]
    public async Task Build_SeveralNProbes_TakesTheFirstThatFindsEnough()
    {
        using var world = await World.CreateAsync();
        static IndexPlan Growing(IndexRequest of) => new("IVF64,Flat", "test", (int)of.Count, [1, 2, 64, 65]);
        var summary = await IndexBuild.RunAsync(world.Store, World.Options(), Growing, null, Stop);
        using var snapshot = await Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop);
        Assert.Equal((64, 1.0), (snapshot.Manifest.NProbe, summary.RecallAt10));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public async Task Build_BadFloor_Throws(double floor)
    {
        using var world = await World.CreateAsync(20);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => world.BuildAsync(World.Options() with { RecallFloor = floor }));
    }
}
