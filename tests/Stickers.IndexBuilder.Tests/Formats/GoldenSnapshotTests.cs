using Stickers.Catalogue;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Tests.Formats;

/// <summary>What is persisted is frozen: the tiny snapshot of each released format beside this test must be readable for ever.</summary>
public sealed class GoldenSnapshotTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static LocalStore V1 => new(Path.Combine(AppContext.BaseDirectory, "Formats", "v1"));

    [Fact]
    public async Task Snapshot_V1_OpensAndAnswers()
    {
        using var snapshot = await Snapshot.OpenCurrentAsync(V1, EmbeddingSpace.Visual, Stop);
        var m = snapshot.Manifest;
        Assert.Equal((1, "visual", "ce95179addfb", "m1", "aaaa", "drawn"), (m.FormatVersion, m.Space, m.Version, m.Model, m.ModelHash, m.Catalogue));
        Assert.Equal((24, 5, 6, 5, "IDMap2,Flat", 1.0, 5), (m.Dimension, m.Count, m.Stickers, m.Thumbnails, m.Factory, m.RecallAt10, m.RecallQueries));

        var robot = new StickerId(9183853678593663421);
        var vector = snapshot.Vector(robot)!;
        Assert.Equal(-0.3876836f, vector[0]);
        Assert.Equal(robot, snapshot.Search(vector, 1)[0].Id);
        Assert.Equal(4, snapshot.Search(vector, 10, exclude: robot).Count);

        var record = snapshot.Stickers.Find(robot)!;
        Assert.Equal(("drawn/000", "drawn", "creator 0", "Sticker number 0", "en"), (record.Key, record.Pack, record.Creator, record.Title, record.Locale));
        Assert.Empty(record.Tags);
        Assert.Equal(1, record.Frames); // version 1 does not know
        Assert.Equal([new SuggestedTag("robot", 0.9f, "accept"), new SuggestedTag("maybe", 0.3f, "review")], record.Suggestions);
        Assert.Equal(["cat face", "happy"], snapshot.Stickers.Find(new StickerId(7654466892018253588))!.Tags);
        Assert.NotNull(snapshot.Stickers.Thumbnail(robot));

        Assert.Equal(6, snapshot.Stickers.Count);
        Assert.Equal(new StickerId(1857632455845481238), snapshot.Stickers.Browse(0, 1)[0].Id);
        Assert.Equal([("cat face", 4), ("sad", 3), ("happy", 1)], snapshot.Stickers.TopTags(10));
        Assert.Equal(2, snapshot.Stickers.SearchText("robo", 10).Count);
        Assert.Equal(new StickerId(7654466892018253588), Assert.Single(snapshot.Stickers.SearchText("Happy", 10)).Id);
    }

    [Fact]
    public async Task Snapshot_V2_OpensAndAnswers()
    {
        using var snapshot = await Snapshot.OpenCurrentAsync(new LocalStore(Path.Combine(AppContext.BaseDirectory, "Formats", "v2")), EmbeddingSpace.Visual, Stop);
        var m = snapshot.Manifest;
        Assert.Equal((2, "a226f34164f2", "Exact", 5, 6, 1.0), (m.FormatVersion, m.Version, m.Factory, m.Count, m.Stickers, m.SelfRecall));
        var robot = new StickerId(9183853678593663421);
        var vector = snapshot.Vector(robot)!;
        Assert.Equal(-0.3876836f, vector[0]);
        Assert.Equal(robot, snapshot.Search(vector, 1)[0].Id);
        Assert.Equal(4, snapshot.Search(vector, 10, exclude: robot).Count);
        var error = Assert.Throws<InvalidOperationException>(() => snapshot.SearchAmong(vector, 1, new TagCandidates(["robot"], ListsToo: false), cancellation: Stop));
        Assert.Contains("index build", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snapshot_V3_OpensAndAnswersWithoutReadyRecords()
    {
        using var snapshot = await Snapshot.OpenCurrentAsync(new LocalStore(Path.Combine(AppContext.BaseDirectory, "Formats", "v3")), EmbeddingSpace.Visual, Stop);
        var m = snapshot.Manifest;
        Assert.Equal((3, "0ba302e21b83", "Exact", 5, 6, 1.0), (m.FormatVersion, m.Version, m.Factory, m.Count, m.Stickers, m.SelfRecall));
        Assert.Null(snapshot.Records);
        var robot = new StickerId(9183853678593663421);
        var vector = snapshot.Vector(robot)!;
        Assert.Equal(-0.3876836f, vector[0]);
        Assert.Equal(robot, snapshot.Search(vector, 1)[0].Id);
        Assert.Equal(robot, snapshot.SearchAmong(vector, 1, new TagCandidates(["robot"], ListsToo: false), cancellation: Stop)[0].Id);
        Assert.Equal("drawn/000", snapshot.Stickers.Find(robot)!.Key);
    }

    /// <summary>Writes a snapshot of the current format into the folder named by STICKERS_GOLDEN_ROOT, once, when a format is released.</summary>
    [Fact(Explicit = true)]
    public async Task WriteGoldenSnapshot()
    {
        using var world = await World.CreateAsync(6);
        await world.SuggestAsync("m1");
        await world.BuildAsync();
        Directory.Move(world.Store.PathOf("indexes"), Path.Combine(Environment.GetEnvironmentVariable("STICKERS_GOLDEN_ROOT")!, "indexes"));
    }

    [Fact]
    public async Task Current_V1_KeepsItsHistory()
    {
        var current = (await SnapshotKeys.ReadCurrentAsync(V1, EmbeddingSpace.Visual, Stop))!;
        var published = Assert.Single(current.History);
        Assert.Equal(("ce95179addfb", "ce95179addfb", "publish"), (current.Version, published.Version, published.Action));
        Assert.Equal(new DateTime(2026, 11, 23, 16, 25, 34, 43, 84, DateTimeKind.Utc), published.PublishedUtc);
        Assert.Equal(DateTimeKind.Utc, published.PublishedUtc.Kind);
    }
}
