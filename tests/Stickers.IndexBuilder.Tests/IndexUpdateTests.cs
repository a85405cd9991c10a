using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Tests;

public sealed class IndexUpdateTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Task<IndexSummary> UpdateAsync(World world, double compactAt = 1, string? from = null, Func<IndexRequest, IndexPlan>? plan = null, IndexBuildOptions? options = null) =>
        IndexUpdate.RunAsync(world.Store, new IndexUpdateOptions { Build = options ?? World.Options(), CompactAt = compactAt, From = from }, plan ?? IndexPlanner.Plan, null, Stop);

    [Theory]
    [InlineData("Exact")]
    [InlineData("IVF4,Flat")]
    [InlineData("IDMap2,IVF4,SQ8,RFlat")]
    [InlineData("Coded4")]
    public async Task Update_AddedChangedDeleted_AnswersAsBuiltWhole(string factory)
    {
        IndexPlan Plan(IndexRequest of) => factory == "Exact" ? IndexPlanner.Plan(of) : new(factory, "test", (int)of.Count, [4]);
        using var world = await World.CreateAsync(200);
        var first = await IndexBuild.RunAsync(world.Store, World.Options(), Plan, null, Stop);
        await world.ChangeAsync(keep: 150, total: 230, changed: 20);
        var updated = await UpdateAsync(world, plan: Plan);
        Assert.Equal((first.Version, true, false), (updated.Base, updated.Published, updated.AlreadyBuilt));
        // Of 199 vectors 49 went and 20 changed; 230 - 1 are there now, and the one without a vector was among those that stayed away.
        Assert.Equal((229, 49 + 20, 79 + 20), (updated.Count, updated.Deleted, updated.Added));
        Assert.True(updated.Bytes > 0);

        using var whole = await World.CreateAsync(200);
        await whole.ChangeAsync(keep: 150, total: 230, changed: 20);
        var built = await IndexBuild.RunAsync(whole.Store, World.Options(), Plan, null, Stop);
        await AssertSameAnswersAsync(world, whole);
        // What results show is the very same.
        Assert.Equal(whole.Bytes(built.Version)["stickers.db"], world.Bytes(updated.Version)["stickers.db"]);
        Assert.Equal(whole.Bytes(built.Version)["records.bin"], world.Bytes(updated.Version)["records.bin"]);

        // Another update starts from the same base, and once nothing has changed there is nothing to do.
        Assert.True(await UpdateAsync(world, plan: Plan) is { AlreadyBuilt: true } again && again.Version == updated.Version);
        await world.ChangeAsync(keep: 140, total: 170, changed: 5);
        var second = await UpdateAsync(world, plan: Plan);
        Assert.Equal(first.Version, second.Base);
        await whole.ChangeAsync(keep: 140, total: 170, changed: 5);
        await IndexBuild.RunAsync(whole.Store, World.Options(), Plan, null, Stop);
        await AssertSameAnswersAsync(world, whole);
        Assert.Empty(world.Remains());
    }

    [Fact]
    public async Task Update_TooManyChanges_BuildsWhole()
    {
        using var world = await World.CreateAsync(100);
        await world.BuildAsync();
        await world.ChangeAsync(keep: 95, total: 100, changed: 12);
        var updated = await UpdateAsync(world, compactAt: 0.2);
        Assert.Null(updated.Base);
        using var whole = await World.CreateAsync(100);
        await whole.ChangeAsync(keep: 95, total: 100, changed: 12);
        var built = await whole.BuildAsync();
        Assert.Equal(whole.Bytes(built.Version), world.Bytes(updated.Version));
    }

    [Fact]
    public async Task Update_OtherModelOrNothingPublished_IsRefused()
    {
        using var world = await World.CreateAsync(40);
        Assert.Contains("nothing to update", (await Assert.ThrowsAsync<InvalidOperationException>(() => UpdateAsync(world))).Message, StringComparison.Ordinal);
        await world.BuildAsync();
        await world.EmbedAsync("m2", 2, "bbbb");
        var e = await Assert.ThrowsAsync<InvalidDataException>(() => UpdateAsync(world, options: World.Options(model: "m2")));
        Assert.Contains("bbbb", e.Message, StringComparison.Ordinal);
        Assert.Contains(World.ModelHash, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prune_BaseOfTheServed_Stays()
    {
        using var world = await World.CreateAsync(60);
        var first = await world.BuildAsync();
        await world.ChangeAsync(keep: 55, total: 60, changed: 1);
        var second = await UpdateAsync(world);
        await world.ChangeAsync(keep: 40, total: 60, changed: 1);
        var third = await UpdateAsync(world);
        var unserved = await world.BuildAsync(World.Options() with { Publish = false });
        var options = new IndexPruneOptions { Space = EmbeddingSpace.Visual, Keep = 0 };
        Assert.Equal([second.Version], (await IndexPrune.RunAsync(world.Store, options with { DryRun = true }, Stop)).Select(version => version.Version));
        Assert.Equal(4, (await IndexCatalogue.ListAsync(world.Store, EmbeddingSpace.Visual, Stop)).Count);
        var pruned = Assert.Single(await IndexPrune.RunAsync(world.Store, options, Stop));
        Assert.Equal(second.Version, pruned.Version);
        Assert.Equal([first.Version, third.Version, unserved.Version], (await IndexCatalogue.ListAsync(world.Store, EmbeddingSpace.Visual, Stop)).Select(version => version.Version).Order().ToArray().OrderBy(v => Array.IndexOf([first.Version, third.Version, unserved.Version], v)));
        Assert.Equal([unserved.Version], (await IndexPrune.RunAsync(world.Store, options with { Unserved = true }, Stop)).Select(version => version.Version));
        using var snapshot = await Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop);
        Assert.Equal(third.Version, snapshot.Manifest.Version);
        Assert.NotEmpty(snapshot.Search(world.Embeddings[0].Visual, 5));
    }

    [Fact]
    public async Task Diff_OfAnUpdate_CountsAndNamesWhatMoved()
    {
        using var world = await World.CreateAsync(120);
        var first = await world.BuildAsync();
        await world.ChangeAsync(keep: 100, total: 130, changed: 7);
        var second = await UpdateAsync(world);
        var found = await IndexDifference.OfAsync(world.Store, EmbeddingSpace.Visual, first.Version, second.Version, Stop);
        Assert.Equal((29, 19, 7, 93), (found.Added, found.Removed, found.Changed, found.Same));
        Assert.InRange(found.MeanKept, 0.3, 0.95);
        Assert.Contains(found.Settings, setting => setting.Field == "base" && setting.To == first.Version);
        Assert.Equal(found.Moved.OrderBy(sticker => sticker.Kept), found.Moved);
        var same = await IndexDifference.OfAsync(world.Store, EmbeddingSpace.Visual, first.Version, first.Version, Stop);
        Assert.Equal((0, 0, 0, 119, 1.0), (same.Added, same.Removed, same.Changed, same.Same, same.MeanKept));
        Assert.Empty(same.Settings);
    }

    [Fact]
    public async Task Publish_TwoAtOnce_OneWinsTheOtherIsTold()
    {
        using var world = await World.CreateAsync(40);
        var a = await world.BuildAsync(World.Options() with { Publish = false });
        await world.SuggestAsync("m1");
        var b = await world.BuildAsync(World.Options() with { Publish = false });
        // Both look, then both switch.
        var looked = await Publishing.ServedAsync(world.Store, EmbeddingSpace.Visual, Stop);
        await Publishing.PublishAsync(world.Store, EmbeddingSpace.Visual, a.Version, looked, Stop);
        var e = await Assert.ThrowsAsync<PublishedMeanwhileException>(() => Publishing.PublishAsync(world.Store, EmbeddingSpace.Visual, b.Version, looked, Stop));
        Assert.Contains($"from nothing to {a.Version}", e.Message, StringComparison.Ordinal);
        Assert.Equal(a.Version, (await Publishing.PublishAsync(world.Store, EmbeddingSpace.Visual, a.Version, looked, Stop)).Version); // the same wish is granted
        Assert.Single((await SnapshotKeys.ReadCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop))!.History);
        Assert.Equal(b.Version, (await IndexCatalogue.PublishAsync(world.Store, EmbeddingSpace.Visual, b.Version, 0.9, Stop)).Version);
    }

    [Fact]
    public async Task Verify_Served_MeasuresIt()
    {
        using var world = await World.CreateAsync(150);
        await IndexBuild.RunAsync(world.Store, World.Options() with { RecallFloor = 0 }, of => new IndexPlan("IVF32,Flat", "test", (int)of.Count, [1]), null, Stop);
        var poor = await IndexVerification.RunAsync(world.Store, EmbeddingSpace.Visual, queries: 100, cancellation: Stop);
        Assert.InRange(poor.RecallAt10, 0.05, 0.95);
        Assert.InRange(poor.RecallAt10, poor.RecallLow, poor.RecallHigh);
        Assert.Equal((100, 1.0), (poor.Queries, poor.SelfRecall)); // a vector lies in the list that is nearest to it
        await world.BuildAsync();
        Assert.Equal(1, (await IndexVerification.RunAsync(world.Store, EmbeddingSpace.Visual, queries: 100, cancellation: Stop)).RecallAt10);
        await world.ChangeAsync(keep: 100, total: 130, changed: 7);
        Assert.Contains("vectors that are gone", (await Assert.ThrowsAsync<InvalidDataException>(() => IndexVerification.RunAsync(world.Store, EmbeddingSpace.Visual, cancellation: Stop))).Message, StringComparison.Ordinal);
    }

    /// <summary>Hits come with their own vectors, from one segment or two.</summary>
    private static void AssertGivesVectors(Snapshot snapshot, float[] query, SegmentFilter filter)
    {
        var (d, k) = (query.Length, 10);
        foreach (var among in new[] { null, filter })
        {
            var vectors = new float[k * d];
            var hits = snapshot.Search(query, k, vectors, among, Stop);
            Assert.Equal(snapshot.Search(query, k, among, cancellation: Stop), hits);
            for (var i = 0; i < hits.Count; i++)
                Assert.Equal(snapshot.Vector(hits[i].Id), vectors[(i * d)..((i + 1) * d)]);
        }

        Assert.Throws<ArgumentException>(() => snapshot.Search(query, k, new float[(k * d) - 1], null, Stop));
    }

    private static async Task AssertSameAnswersAsync(World one, World other)
    {
        using var a = await Snapshot.OpenCurrentAsync(one.Store, EmbeddingSpace.Visual, Stop);
        using var b = await Snapshot.OpenCurrentAsync(other.Store, EmbeddingSpace.Visual, Stop);
        Assert.Equal(b.Manifest.Count, a.Manifest.Count);
        var allowed = other.Embeddings.Where((_, i) => i % 3 == 0).Select(e => e.Id).ToHashSet();
        var (filterA, filterB) = (a.CreateFilter(allowed), b.CreateFilter(allowed));
        Assert.Equal(allowed.Count, filterA.Count);
        foreach (var embedding in other.Embeddings)
        {
            Assert.Equal(b.Search(embedding.Visual, 10), a.Search(embedding.Visual, 10));
            Assert.Equal(b.Search(embedding.Visual, 7, embedding.Id), a.Search(embedding.Visual, 7, embedding.Id));
            var filtered = a.Search(embedding.Visual, 10, filterA, cancellation: Stop);
            Assert.Equal(b.Search(embedding.Visual, 10, filterB, cancellation: Stop), filtered);
            Assert.All(filtered, hit => Assert.Contains(hit.Id, allowed));
            Assert.Equal(embedding.Visual, a.Vector(embedding.Id));
            AssertGivesVectors(a, embedding.Visual, filterA);
            AssertGivesVectors(b, embedding.Visual, filterB);
        }

        Assert.All(one.Gone, id => Assert.Null(a.Vector(id)));
    }
}
