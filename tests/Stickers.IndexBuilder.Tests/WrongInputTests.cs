using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Tests;

public sealed class WrongInputTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<string> RefusalAsync(World world, IndexBuildOptions? options = null)
    {
        var e = await Assert.ThrowsAsync<InvalidDataException>(() => world.BuildAsync(options));
        Assert.Null(await SnapshotKeys.ReadCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop));
        Assert.Empty(world.Remains());
        return e.Message;
    }

    [Fact]
    public async Task Build_NoEmbeddings_SaysHowToMakeThem()
    {
        using var world = await World.CreateAsync(20);
        var e = await Assert.ThrowsAsync<FileNotFoundException>(() => world.BuildAsync(World.Options(model: "other")));
        Assert.Contains("stickers embed", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_ModelRetrainedSinceEmbedding_NamesBothHashes()
    {
        using var world = await World.CreateAsync(20);
        await world.Store.WriteJsonAsync("models/m1/model.json", new { version = "m1", contentHash = "cccc" }, Stop);
        var message = await RefusalAsync(world);
        Assert.Contains("cccc", message, StringComparison.Ordinal);
        Assert.Contains(World.ModelHash, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_EmbeddingsOfAnotherModelUnderThisName_IsRefused()
    {
        using var world = await World.CreateAsync(20);
        await world.EmbedAsync("m1", 1, change: m => m with { Model = "stranger" });
        Assert.Contains("stranger", await RefusalAsync(world), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_CatalogueChangedSinceEmbedding_NamesBothHashes()
    {
        using var world = await World.CreateAsync(20);
        await world.EmbedAsync("m1", 1, change: m => m with { CatalogueHash = "dddd" });
        var message = await RefusalAsync(world);
        Assert.Contains("dddd", message, StringComparison.Ordinal);
        Assert.Contains((await StickerCatalogue.OpenAsync(world.Store, World.Catalogue, Stop)).ContentHash, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_SuggestionsByAnotherModel_AreRefused()
    {
        using var world = await World.CreateAsync(20);
        await world.SuggestAsync("m1", modelHash: "eeee");
        var message = await RefusalAsync(world);
        Assert.Contains("eeee", message, StringComparison.Ordinal);
        Assert.Contains("stickers backfill", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_SuggestionsInAnotherOrder_AreRefused()
    {
        using var world = await World.CreateAsync(40);
        await world.SuggestAsync("m1", shuffled: true);
        Assert.Contains("order", await RefusalAsync(world), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_CountsThatDoNotAddUp_AreRefused()
    {
        using var world = await World.CreateAsync(20);
        await world.EmbedAsync("m1", 1, change: m => m with { Quarantined = 0 });
        Assert.Contains("add up", await RefusalAsync(world), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_WrongDimensionInManifest_IsRefused()
    {
        using var world = await World.CreateAsync(20);
        await world.EmbedAsync("m1", 1, change: m => m with { VisualDimension = 23 });
        Assert.Contains("23", await RefusalAsync(world), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_VectorThatIsNoUnitVector_NamesTheSticker()
    {
        using var world = await World.CreateAsync(20);
        world.Embeddings[3].Visual[0] = float.NaN;
        var part = await EmbeddingSet.WritePartAsync(world.Store, "m1", World.Catalogue, 0, [.. world.Embeddings], cancellation: Stop);
        var manifest = (await world.Store.ReadJsonAsync<EmbeddingManifest>($"embeddings/m1/{World.Catalogue}/embeddings.json", Stop))!;
        await world.Store.WriteJsonAsync($"embeddings/m1/{World.Catalogue}/embeddings.json", manifest with { Files = [part] }, Stop);
        Assert.Contains(world.Embeddings[3].Id.ToString(), await RefusalAsync(world), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_PartChangedOnDisk_IsRefused()
    {
        using var world = await World.CreateAsync(20);
        var path = world.Store.PathOf($"embeddings/m1/{World.Catalogue}/part-00000.parquet");
        var bytes = await File.ReadAllBytesAsync(path, Stop);
        bytes[bytes.Length / 3] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Stop);
        await RefusalAsync(world);
    }
}
