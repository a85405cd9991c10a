using Stickers.Catalogue;
using Stickers.Catalogue.Images;
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

        var manifest = await Backfill.RunAsync(store.Store, Options, null, Cancellation);

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
        var expected = await Backfill.RunAsync(whole.Store, Options, null, Cancellation);

        foreach (var stopAt in new[] { 500, 4150 })
        {
            using var stop = new CancellationTokenSource();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Backfill.RunAsync(interrupted.Store, Options, new StopAt(stopAt, stop), stop.Token));
        }
        var resumed = await Backfill.RunAsync(interrupted.Store, Options, null, Cancellation);

        Assert.Equal(whole.Hashes(Folder), interrupted.Hashes(Folder));
        Assert.Equal((expected.Read, expected.Tagged, expected.WithoutSuggestion, expected.Rows), (resumed.Read, resumed.Tagged, resumed.WithoutSuggestion, resumed.Rows));
    }

    [Fact]
    public async Task RunAsync_NothingScoresHighEnough_CountsThemAsWithout()
    {
        using var store = large.Copy();
        await store.AddModelAsync(Cancellation, accept: 1.2f);
        var manifest = await Backfill.RunAsync(store.Store, Options, null, Cancellation);
        Assert.Equal((0, 0, manifest.Read - manifest.Quarantined), (manifest.Tagged, manifest.Rows, manifest.WithoutSuggestion));
    }

    [Fact]
    public async Task RunAsync_NoSuchModel_Throws()
    {
        using var store = large.Copy();
        await Assert.ThrowsAsync<FileNotFoundException>(() => Backfill.RunAsync(store.Store, Options with { Model = "other" }, null, Cancellation));
    }

    private sealed class StopAt(double done, CancellationTokenSource stop) : IProgress<JobProgress>
    {
        public void Report(JobProgress value)
        {
            if (value.Done >= done)
                stop.Cancel();
        }
    }
}
