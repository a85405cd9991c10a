using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Pipeline;
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

        await RunAsync(store);

        var manifest = (await EmbeddingSet.OpenAsync(store.Store, TestStore.Model, TestStore.Catalogue, Cancellation)).Manifest;
        Assert.Equal((LargeCatalogue.Stickers, LargeCatalogue.Stickers - 2, 2), (manifest.Read, manifest.Written, manifest.Quarantined));
        var quarantine = await File.ReadAllLinesAsync(store.Store.PathOf($"{Folder}/quarantine.jsonl"), Cancellation);
        Assert.Equal(2, quarantine.Length);
        Assert.Matches("""^\{"shard":"part 0 \([0-9a-f]{16}\), stickers 0 to 255","key":"pack/77","stage":"preprocess","errorClass":"Truncated",""", quarantine[0]);
        Assert.Matches("""^\{"shard":"part 1 \([0-9a-f]{16}\), stickers 0 to 203","key":"pack/4200",""", quarantine[1]);

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

        // Who reads the set makes the same codes of the same vectors, without the model.
        Assert.Equal((2, 20), (manifest.FormatVersion, manifest.Code!.Bits));
        var map = (await set.ReadCodeMapAsync(Cancellation))!;
        Assert.All(rows, row => Assert.Equal(map.Encode(row.Visual), row.Code));
        Assert.True(rows.Select(row => Convert.ToHexString(row.Code)).Distinct().Count() > 3);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 0)]
    [InlineData(0, 3, 0)]
    [InlineData(2, 2, 2)]
    public async Task RunAsync_AnyWorkers_WriteTheSameBytes(int preprocess, int main, int postprocess)
    {
        using var alone = large.Copy();
        using var shared = large.Copy();
        await RunAsync(alone, new RunOptions { Folder = Folder, Preprocess = 0, Main = 1, Postprocess = 0 });
        await RunAsync(shared, new RunOptions { Folder = Folder, Preprocess = preprocess, Main = main, Postprocess = postprocess });
        Assert.Equal(alone.Hashes(Folder), shared.Hashes(Folder));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(12, false)]
    [InlineData(12, true)]
    public async Task RunAsync_CancelledAndRunAgain_WritesTheSameBytes(int shards, bool losePart)
    {
        using var whole = large.Copy();
        using var interrupted = large.Copy();
        await RunAsync(whole);

        await interrupted.StopAfterAsync(Folder, shards, stop => RunAsync(interrupted, stop: stop));
        Assert.Null(await interrupted.Store.StatAsync($"{Folder}/embeddings.json", Cancellation));
        var done = interrupted.FinishedShards(Folder).Length;
        if (losePart) File.Delete(interrupted.Store.PathOf($"{Folder}/{interrupted.FinishedShards(Folder)[0].Replace("shard", "part", StringComparison.Ordinal)}.parquet"));
        var report = await RunAsync(interrupted);

        Assert.Equal(whole.Hashes(Folder), interrupted.Hashes(Folder));
        Assert.Equal(report.Result.Shards - done + (losePart ? 1 : 0), report.ShardsDone);
    }

    [Fact]
    public async Task RunAsync_FinishedBefore_ReturnsAtOnce()
    {
        using var store = large.Copy();
        await RunAsync(store);
        var before = store.Hashes(Folder);
        Assert.Equal(0, (await RunAsync(store)).ShardsDone);
        Assert.Equal(before, store.Hashes(Folder));
    }

    [Fact]
    public async Task RunAsync_RetryOfOneClass_DoesThoseShardsAgain()
    {
        using var store = large.Copy();
        await RunAsync(store);
        var before = store.Hashes(Folder);
        var again = new RunOptions { Folder = Folder, Main = 1, RetryFailed = true };
        Assert.Equal(0, (await RunAsync(store, again with { RetryClass = "Corrupt" })).ShardsDone);
        Assert.Equal(2, (await RunAsync(store, again with { RetryClass = "Truncated" })).ShardsDone);
        Assert.Equal(before, store.Hashes(Folder));
    }

    [Fact]
    public async Task RunAsync_WhatAnOlderProgramMade_IsReadButNotOverwritten()
    {
        using var store = large.Copy();
        await RunAsync(store);
        Directory.Delete(store.Store.PathOf($"{Folder}/.ledger"), recursive: true);
        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(store));
        Assert.Contains("--replace", fault.Message, StringComparison.Ordinal);
        await EmbeddingSet.OpenAsync(store.Store, TestStore.Model, TestStore.Catalogue, Cancellation);
        await RunAsync(store, new RunOptions { Folder = Folder, Replace = true });
    }

    [Fact]
    public async Task RunAsync_OtherModelOfThatName_ThrowsWithBothHashesUntilReplaced()
    {
        using var store = large.Copy();
        await RunAsync(store);
        var first = (await EmbeddingSet.OpenAsync(store.Store, TestStore.Model, TestStore.Catalogue, Cancellation)).Manifest;
        await store.AddModelAsync(Cancellation, accept: 0.4f);
        using var model = await StickerModel.LoadAsync(store.Store, TestStore.Model, Cancellation);

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(store));

        Assert.Contains(first.ModelHash, fault.Message, StringComparison.Ordinal);
        Assert.Contains(model.ContentHash, fault.Message, StringComparison.Ordinal);
        Assert.Contains("--replace", fault.Message, StringComparison.Ordinal);
        await RunAsync(store, new RunOptions { Folder = Folder, Replace = true });
        Assert.Equal(model.ContentHash, (await EmbeddingSet.OpenAsync(store.Store, TestStore.Model, TestStore.Catalogue, Cancellation)).Manifest.ModelHash);
    }

    [Fact]
    public async Task RunAsync_InterruptedThenOtherModel_NeverMixes()
    {
        using var store = large.Copy();
        await store.StopAfterAsync(Folder, 5, stop => RunAsync(store, stop: stop));
        await store.AddModelAsync(Cancellation, accept: 0.3f);

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(store));

        Assert.Contains("modelHash was", fault.Message, StringComparison.Ordinal);
        var report = await RunAsync(store, new RunOptions { Folder = Folder, Replace = true });
        Assert.Equal(report.Result.Shards, report.ShardsDone);
    }

    [Theory]
    [InlineData(LargeCatalogue.InFirstPart + 1, "are 1, but 0 were read")]
    [InlineData(LargeCatalogue.InFirstPart - 1, "are 255, but more were read")]
    public async Task RunAsync_CatalogueThatMiscounts_Throws(int count, string expected)
    {
        using var store = large.Copy();
        const string Key = $"catalogues/{TestStore.Catalogue}/catalogue.json";
        var manifest = await store.Store.ReadJsonAsync<CatalogueManifest>(Key, Cancellation);
        await store.Store.WriteJsonAsync(Key, manifest! with { PartCounts = [count, 204] }, Cancellation);

        var fault = await Assert.ThrowsAsync<JobFailedException>(() => RunAsync(store));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Null(await store.Store.StatAsync($"{Folder}/embeddings.json", Cancellation));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(257)]
    public async Task OpenAsync_BatchSizeOutOfRange_Throws(int batchSize)
    {
        using var store = large.Copy();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => EmbedJob.OpenAsync(store.Store, Options with { BatchSize = batchSize }, Cancellation));
    }

    private static async Task<JobReport> RunAsync(TestStore store, RunOptions? options = null, CancellationToken? stop = null) => await JobRunner.RunAsync(
        await EmbedJob.OpenAsync(store.Store, Options, Cancellation), store.Store, options ?? new RunOptions { Folder = Folder, Preprocess = 0, Main = 2, Postprocess = 0 }, cancellation: stop ?? Cancellation);
}
