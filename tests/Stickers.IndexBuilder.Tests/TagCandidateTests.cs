using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Tests;

/// <summary>Candidates by tag document, against brute force over the stickers that have the tags.</summary>
public sealed class TagCandidateTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Exact")]
    [InlineData("IVF4,Flat")]
    [InlineData("Coded4")]
    public async Task SearchAmong_TagsOfASticker_FindsTheNearestThatShareOne(string factory)
    {
        // Of 300 stickers all are compared, so that nothing but the candidates decides.
        IndexPlan Plan(IndexRequest of) => factory == "Exact" ? IndexPlanner.Plan(of) : new(factory, "test", (int)of.Count, [4]);
        using var world = await World.CreateAsync();
        await world.SuggestAsync("m1");
        await IndexBuild.RunAsync(world.Store, World.Options(), Plan, null, Stop);
        await AssertAsync(world);

        // Stickers that went, came and changed: the tags of those that stayed stand in the base.
        await world.ChangeAsync(keep: 260, total: 310, changed: 10);
        Directory.Delete(world.Store.PathOf("suggestions"), recursive: true);
        await world.SuggestAsync("m1");
        var updated = await IndexUpdate.RunAsync(world.Store, new IndexUpdateOptions { Build = World.Options(), CompactAt = 1 }, Plan, null, Stop);
        Assert.NotNull(updated.Base);
        await AssertAsync(world);
    }

    [Fact]
    public async Task Open_TagDocumentsOfOtherSegments_IsRefused()
    {
        using var world = await World.CreateAsync(40);
        var built = await world.BuildAsync();
        var manifest = (await SnapshotKeys.ReadManifestAsync(world.Store, EmbeddingSpace.Visual, built.Version, Stop))!;
        Assert.Equal(("tags.bin", null), (manifest.TagDocuments, manifest.Codes));
        using var other = await World.CreateAsync(50);
        var elsewhere = await other.BuildAsync();
        var error = Assert.Throws<InvalidDataException>(() => Snapshot.OpenSegments(
            manifest, name => name == "tags.bin" ? other.Store.PathOf($"indexes/visual/{elsewhere.Version}/tags.bin") : world.Store.PathOf($"indexes/visual/{built.Version}/{name}")));
        Assert.Contains("49 rows; the segments have 39", error.Message, StringComparison.Ordinal);
    }

    private static async Task AssertAsync(World world)
    {
        using var snapshot = await Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop);
        var vectors = world.Embeddings.ToDictionary(e => e.Id, e => e.Visual);
        var tags = vectors.Keys.ToDictionary(id => id, id => snapshot.Stickers.Find(id)!.CountedTags.ToHashSet());
        var lists = new[] { "cat face", "happy", "sad", "robot" };
        Assert.All(lists, tag => Assert.Contains(tags.Values, own => own.Contains(tag)));
        foreach (var (query, i) in world.Embeddings.Chunk(40).Select((some, i) => (some[0], i)))
        {
            string[] asked = [lists[i % 4], lists[(i + 1) % 4], "no such tag"];
            var sharing = vectors.Keys.Where(id => id != query.Id && tags[id].Overlaps(asked)).ToArray();
            var found = snapshot.SearchAmong(query.Visual, 10, new TagCandidates(asked, ListsToo: false), exclude: query.Id, cancellation: Stop);
            Assert.Equal(Nearest(sharing, 10), found.Select(hit => hit.Id));

            var everything = snapshot.SearchAmong(query.Visual, 10, new TagCandidates(asked, ListsToo: true), exclude: query.Id, cancellation: Stop);
            Assert.Equal(Nearest([.. vectors.Keys.Where(id => id != query.Id)], 10), everything.Select(hit => hit.Id));

            var few = snapshot.CreateFilter(vectors.Keys.Where(id => id.Value % 3 == 0));
            Assert.Equal(Nearest([.. sharing.Where(id => id.Value % 3 == 0)], 10), snapshot.SearchAmong(query.Visual, 10, new TagCandidates(asked, false), few, query.Id, Stop).Select(hit => hit.Id));

            IEnumerable<StickerId> Nearest(StickerId[] ids, int k) => ids.OrderByDescending(id => ExactDot.Product(vectors[id], query.Visual)).ThenBy(id => id.Value).Take(k);
        }

        Assert.Empty(snapshot.SearchAmong(world.Embeddings[0].Visual, 10, new TagCandidates(["no such tag"], false), cancellation: Stop));
    }
}
