using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Storage;
using Stickers.Tagger.Backfilling;

namespace Stickers.Tagger.Tests.Backfilling;

public sealed class EmbedTests(LargeCatalogue large) : IClassFixture<LargeCatalogue>
{
    private const string Folder = $"embeddings/{TestStore.Model}/{TestStore.Catalogue}";

    private static readonly EmbedOptions Options = new() { Model = TestStore.Model, Catalogue = TestStore.Catalogue };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_BrokenImages_AddsUpAndKeepsOrder()
    {
        using var store = large.Copy();

        var manifest = await Embed.RunAsync(store.Store, Options, null, Cancellation);

        Assert.Equal((LargeCatalogue.Stickers, LargeCatalogue.Stickers - 2, 2), (manifest.Read, manifest.Written, manifest.Quarantined));
        var quarantine = await File.ReadAllLinesAsync(store.Store.PathOf($"{Folder}/quarantine.jsonl"), Cancellation);
        Assert.Equal(2, quarantine.Length);
        Assert.Contains("\"key\":\"pack/77\",\"part\":0,\"fault\":\"Truncated\"", quarantine[0], StringComparison.Ordinal);
        Assert.Contains("\"key\":\"pack/4200\",\"part\":1,", quarantine[1], StringComparison.Ordinal);

        var set = await EmbeddingSet.OpenAsync(store.Store, TestStore.Model, TestStore.Catalogue, Cancellation);
        var rows = await set.ReadAsync(Cancellation).ToListAsync(Cancellation);
        Assert.Equal(
            Enumerable.Range(0, LargeCatalogue.Stickers).Except(LargeCatalogue.Broken).Select(number => StickerId.FromKey($"pack/{number}")),
            rows.Select(row => row.Id));

        using var model = await StickerModel.LoadAsync(store.Store, TestStore.Model, Cancellation);
        var alone = model.Predict([ImageDecoder.Decode(TestStore.Draw(5).Image.Span, StickerModel.DecodeSide)])[0];
        var row = rows.Single(row => row.Id == StickerId.FromKey("pack/4045"));
        for (var i = 0; i < alone.Visual.Length; i++)
            Assert.Equal(alone.Visual[i], row.Visual[i], 4);
        for (var i = 0; i < alone.Semantic.Length; i++)
            Assert.Equal(alone.Semantic[i], row.Semantic[i], 4);
    }

    [Theory]
    [InlineData(900, false)]
    [InlineData(4200, false)]
    [InlineData(4200, true)]
    public async Task RunAsync_CancelledAndRunAgain_WritesTheSameBytes(int stopAt, bool losePart)
    {
        using var whole = large.Copy();
        using var interrupted = large.Copy();
        await Embed.RunAsync(whole.Store, Options, null, Cancellation);

        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Embed.RunAsync(interrupted.Store, Options, new Each(done => { if (done >= stopAt) stop.Cancel(); }), stop.Token));
        Assert.Null(await interrupted.Store.StatAsync($"{Folder}/embeddings.json", Cancellation));
        if (losePart)
            File.Delete(interrupted.Store.PathOf($"{Folder}/part-00000.parquet"));
        var reports = new List<double>();
        await Embed.RunAsync(interrupted.Store, Options, new Each(reports.Add), Cancellation);

        Assert.Equal(whole.Hashes(Folder), interrupted.Hashes(Folder));
        Assert.DoesNotContain(whole.Hashes(Folder).Keys, file => file.Contains("journal", StringComparison.Ordinal));
        Assert.Equal(LargeCatalogue.Stickers, reports[^1]);
        if (stopAt > LargeCatalogue.InFirstPart && !losePart)
            Assert.Equal(LargeCatalogue.InFirstPart, reports[0]);
        else
            Assert.True(reports[0] < LargeCatalogue.InFirstPart);
    }

    [Fact]
    public async Task RunAsync_FinishedBefore_ReturnsAtOnce()
    {
        using var store = large.Copy();
        var first = await Embed.RunAsync(store.Store, Options, null, Cancellation);
        var reports = new List<double>();

        var second = await Embed.RunAsync(store.Store, Options, new Each(reports.Add), Cancellation);

        Assert.Empty(reports);
        Assert.Equal(first.Files, second.Files);
    }

    [Fact]
    public async Task RunAsync_OtherModelOfThatName_ThrowsWithBothHashesUntilReplaced()
    {
        using var store = large.Copy();
        var first = await Embed.RunAsync(store.Store, Options, null, Cancellation);
        await store.AddModelAsync(Cancellation, accept: 0.4f);
        using var model = await StickerModel.LoadAsync(store.Store, TestStore.Model, Cancellation);

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => Embed.RunAsync(store.Store, Options, null, Cancellation));

        Assert.Contains(first.ModelHash, fault.Message, StringComparison.Ordinal);
        Assert.Contains(model.ContentHash, fault.Message, StringComparison.Ordinal);
        Assert.Contains("--replace", fault.Message, StringComparison.Ordinal);
        Assert.Equal(model.ContentHash, (await Embed.RunAsync(store.Store, Options with { Replace = true }, null, Cancellation)).ModelHash);
    }

    [Fact]
    public async Task RunAsync_InterruptedThenOtherModel_NeverMixes()
    {
        using var store = large.Copy();
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Embed.RunAsync(store.Store, Options, new Each(done => { if (done >= 4200) stop.Cancel(); }), stop.Token));
        Assert.Contains(store.Hashes(Folder).Keys, file => file.StartsWith("journal", StringComparison.Ordinal));
        await store.AddModelAsync(Cancellation, accept: 0.3f);
        var reports = new List<double>();

        await Embed.RunAsync(store.Store, Options, new Each(reports.Add), Cancellation);

        Assert.True(reports[0] < LargeCatalogue.InFirstPart, "the first part was taken over from the other model");
    }

    [Fact]
    public async Task RunAsync_CatalogueThatMiscounts_Throws()
    {
        using var store = large.Copy();
        const string Key = $"catalogues/{TestStore.Catalogue}/catalogue.json";
        var manifest = await store.Store.ReadJsonAsync<CatalogueManifest>(Key, Cancellation);
        await store.Store.WriteJsonAsync(Key, manifest! with { PartCounts = [LargeCatalogue.InFirstPart + 1, 203] }, Cancellation);

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => Embed.RunAsync(store.Store, Options, null, Cancellation));

        Assert.Contains("part 0 has 4097 stickers, but 4096 were read", fault.Message, StringComparison.Ordinal);
        Assert.Null(await store.Store.StatAsync($"{Folder}/embeddings.json", Cancellation));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(257)]
    public async Task RunAsync_BatchSizeOutOfRange_Throws(int batchSize)
        => await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Embed.RunAsync(new LocalStore(Path.GetTempPath()), Options with { BatchSize = batchSize }, null, Cancellation));

    /// <summary>Reports at once, on the job's own thread.</summary>
    private sealed class Each(Action<double> report) : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => report(value.Done);
    }
}
