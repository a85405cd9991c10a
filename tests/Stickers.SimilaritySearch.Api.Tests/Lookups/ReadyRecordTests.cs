namespace Stickers.SimilaritySearch.Api.Tests.Lookups;

public sealed class ReadyRecordTests(ServedWorld served)
{
    [Fact]
    public async Task Similar_OfASnapshotWithoutReadyRecords_IsTheSameAnswer()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var world = await TestWorld.CreateAsync(cancellation);
        foreach (var space in new[] { EmbeddingSpace.Visual, EmbeddingSpace.Semantic })
            Assert.Null((await world.PublishAsync(space, world.ModelHash, cancellation, records: false)).Records);
        using var lookup = await ServedWorld.OpenAsync(world, cancellation);
        var (app, client) = await ServedWorld.ServeAsync(lookup, new ApiOptions { Store = world.Store });
        await using var _ = app;
        using var __ = client;
        foreach (var sticker in DrawnSticker.All)
        {
            var path = $"/v1/stickers/{sticker.Id}/similar?k=200";
            Assert.Equal(await client.GetStringAsync(path, cancellation), await served.Client.GetStringAsync(path, cancellation));
        }
    }

    [Fact]
    public async Task Similar_AnySticker_ShowsItAsItIsShownAlone()
    {
        var items = (await served.GetAsync($"/v1/stickers/{DrawnSticker.All[0].Id}/similar?k=200&collapse=false")).GetProperty("items");
        Assert.Equal(DrawnSticker.All.Count - 1, items.GetArrayLength());
        foreach (var item in items.EnumerateArray())
        {
            var shown = item.GetProperty("sticker");
            var alone = (await served.GetAsync($"/v1/stickers/{shown.GetProperty("id").GetString()}")).GetProperty("sticker");
            Assert.Equal(alone.GetRawText(), shown.GetRawText());
        }
    }
}
