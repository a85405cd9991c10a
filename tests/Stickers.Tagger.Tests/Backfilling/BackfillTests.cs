using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Pipeline;
using Stickers.Tagger.Backfilling;

namespace Stickers.Tagger.Tests.Backfilling;

public sealed class BackfillTests(LargeCatalogue large) : IClassFixture<LargeCatalogue>
{
    private const string Folder = $"suggestions/{TestStore.Model}/{TestStore.Catalogue}";

    private static readonly BackfillOptions Options = new() { Model = TestStore.Model, Catalogue = TestStore.Catalogue };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_SomeLabelled_SuggestsOnlyForTheOthersAndAddsUp()
    {
        using var store = large.Copy();
        var catalogue = store.Hashes($"catalogues/{TestStore.Catalogue}");

        var manifest = await RunAsync(store);

        // A tag that the model does not know leaves the sticker without a usable one.
        var usable = Enumerable.Range(0, LargeCatalogue.Stickers).Where(number => LargeCatalogue.TagsOf(number) is ["Red"]).ToHashSet();
        var broken = LargeCatalogue.Broken.Count(number => !usable.Contains(number));
        Assert.Equal(LargeCatalogue.Stickers - usable.Count, manifest.Read);
        Assert.Equal(broken, manifest.Quarantined);
        Assert.Equal(manifest.Read, manifest.Tagged + manifest.WithoutSuggestion + manifest.Quarantined);

        using var model = await StickerModel.LoadAsync(store.Store, TestStore.Model, Cancellation);
        var set = (await SuggestionSet.TryOpenAsync(store.Store, TestStore.Model, TestStore.Catalogue, Cancellation))!;
        var rows = await set.ReadAsync(Cancellation).ToListAsync(Cancellation);
        Assert.Equal(manifest.Rows, rows.Count);
        Assert.Equal(manifest.Tagged, rows.Select(row => row.Id).Distinct().Count());
        var labelled = usable.Select(number => StickerId.FromKey($"pack/{number}")).ToHashSet();
        Assert.DoesNotContain(rows, row => labelled.Contains(row.Id));

        // One drawing by itself gets the same suggestions as in the stream.
        var alone = model.Suggest(model.Predict([ImageDecoder.Decode(TestStore.Draw(5).Image.Span, StickerModel.DecodeSide)])[0].Scores);
        var streamed = rows.Where(row => row.Id == StickerId.FromKey("pack/4045")).ToList();
        Assert.Equal(alone.Select(tag => (tag.Tag, tag.Decision)), streamed.Select(row => (row.Tag, row.Decision)));
        Assert.All(alone.Zip(streamed), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 4));
        Assert.Equal(catalogue, store.Hashes($"catalogues/{TestStore.Catalogue}"));
    }

    [Fact]
    public async Task RunAsync_CancelledAndRunAgain_WritesTheSameBytesAndCounts()
    {
        using var whole = large.Copy();
        using var interrupted = large.Copy();
        var expected = await RunAsync(whole);

        foreach (var shards in new[] { 3, 12 }) await interrupted.StopAfterAsync(Folder, shards, stop => RunAsync(interrupted, stop: stop));
        var resumed = await RunAsync(interrupted);

        Assert.Equal(whole.Hashes(Folder), interrupted.Hashes(Folder));
        Assert.Equal((expected.Read, expected.Tagged, expected.WithoutSuggestion, expected.Rows), (resumed.Read, resumed.Tagged, resumed.WithoutSuggestion, resumed.Rows));
    }

    [Fact]
    public async Task RunAsync_NothingScoresHighEnough_CountsThemAsWithout()
    {
        using var store = large.Copy();
        await store.AddModelAsync(Cancellation, accept: 1.2f);
        var manifest = await RunAsync(store);
        Assert.Equal((0, 0, manifest.Read - manifest.Quarantined), (manifest.Tagged, manifest.Rows, manifest.WithoutSuggestion));
    }

    [Fact]
    public async Task RunAsync_NoSuchModel_Throws()
    {
        using var store = large.Copy();
        await Assert.ThrowsAsync<FileNotFoundException>(() => BackfillJob.OpenAsync(store.Store, Options with { Model = "other" }, Cancellation));
    }

    [Fact]
    public async Task RunAsync_OtherTagRules_IsRefusedUntilReplaced()
    {
        using var store = large.Copy();
        var before = await RunAsync(store);
        await File.WriteAllTextAsync(store.Store.PathOf("tag-rules.yaml"), "aliases: { unheard of: green }\n", Cancellation);

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(store));

        Assert.Contains("vocabulary was", fault.Message, StringComparison.Ordinal);
        Assert.True((await RunAsync(store, replace: true)).Read < before.Read, "stickers whose tag is known by now were read again");
    }

    private static async Task<SuggestionManifest> RunAsync(TestStore store, bool replace = false, CancellationToken? stop = null)
    {
        var job = await BackfillJob.OpenAsync(store.Store, Options, Cancellation);
        await JobRunner.RunAsync(job, store.Store, new RunOptions { Folder = job.Folder, Preprocess = 0, Main = 2, Postprocess = 0, Replace = replace }, cancellation: stop ?? Cancellation);
        return (await SuggestionSet.TryOpenAsync(store.Store, TestStore.Model, TestStore.Catalogue, Cancellation))!.Manifest;
    }
}
