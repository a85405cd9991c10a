using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Tests;

public sealed class IndexCatalogueTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Publishes three versions and returns them, oldest first.</summary>
    private static async Task<string[]> PublishThreeAsync(World world)
    {
        var a = await world.BuildAsync();
        await world.SuggestAsync("m1");
        var b = await world.BuildAsync();
        await world.EmbedAsync("m2", 2);
        var c = await world.BuildAsync(World.Options(model: "m2"));
        return [a.Version, b.Version, c.Version];
    }

    private static Task<CurrentSnapshot> RollbackAsync(World world, string? version = null) =>
        IndexCatalogue.RollbackAsync(world.Store, EmbeddingSpace.Visual, version, Stop);

    [Fact]
    public async Task Rollback_Twice_GoesTwoPublicationsBackThenStops()
    {
        using var world = await World.CreateAsync(40);
        var v = await PublishThreeAsync(world);
        Assert.Equal(v[1], (await RollbackAsync(world)).Version);
        using (var snapshot = await Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop))
            Assert.Equal(v[1], snapshot.Manifest.Version);
        var current = await RollbackAsync(world);
        Assert.Equal(v[0], current.Version);
        Assert.Equal([.. v, v[1], v[0]], current.History.Select(p => p.Version));
        Assert.Equal(["publish", "publish", "publish", "rollback", "rollback"], current.History.Select(p => p.Action));
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => RollbackAsync(world));
        Assert.Contains("first", e.Message, StringComparison.Ordinal);

        // Publishing again what was rolled back from serves it again.
        Assert.True(await world.BuildAsync(World.Options(model: "m2")) is { AlreadyBuilt: true, Published: true });
        Assert.Equal(v[1], (await RollbackAsync(world, v[1])).Version);
    }

    [Fact]
    public async Task Rollback_GivenVersion_ServesItOnceEvenIfAskedTwice()
    {
        using var world = await World.CreateAsync(40);
        var v = await PublishThreeAsync(world);
        Assert.Equal(v[0], (await RollbackAsync(world, v[0])).Version);
        Assert.Equal(4, (await RollbackAsync(world, v[0])).History.Count);
    }

    [Fact]
    public async Task Rollback_Impossible_SaysWhy()
    {
        using var world = await World.CreateAsync(40);
        Assert.Contains("No visual index is published", (await Assert.ThrowsAsync<InvalidOperationException>(() => RollbackAsync(world))).Message, StringComparison.Ordinal);
        var built = await world.BuildAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => RollbackAsync(world));
        foreach (var unknown in new[] { "0123456789ab", "../../etc", "", "ABCDEF012345" })
        {
            var e = await Assert.ThrowsAsync<FileNotFoundException>(() => RollbackAsync(world, unknown));
            Assert.Contains(built.Version, e.Message, StringComparison.Ordinal); // what could be had instead
        }

        Directory.CreateDirectory(world.Store.PathOf("indexes/visual/aaaaaaaaaaaa"));
        await File.WriteAllTextAsync(world.Store.PathOf("indexes/visual/aaaaaaaaaaaa/vectors.faiss"), "half", Stop);
        Assert.Contains("unfinished", (await Assert.ThrowsAsync<FileNotFoundException>(() => RollbackAsync(world, "aaaaaaaaaaaa"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rollback_DamagedVersion_IsRefused()
    {
        using var world = await World.CreateAsync(40);
        var v = await PublishThreeAsync(world);
        var path = world.Store.PathOf($"indexes/visual/{v[0]}/vectors.exact");
        var bytes = await File.ReadAllBytesAsync(path, Stop);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Stop);
        Assert.Contains("SHA-256", (await Assert.ThrowsAsync<InvalidDataException>(() => RollbackAsync(world, v[0]))).Message, StringComparison.Ordinal);
        Assert.Equal(v[2], (await SnapshotKeys.ReadCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop))!.Version);
    }

    [Fact]
    public async Task List_Versions_ServedFirstThenUnfinishedMarked()
    {
        using var world = await World.CreateAsync(40);
        Assert.Empty(await IndexCatalogue.ListAsync(world.Store, EmbeddingSpace.Visual, Stop));
        var v = await PublishThreeAsync(world);
        await RollbackAsync(world, v[0]);
        foreach (var (name, content) in new[] { ("aaaaaaaaaaaa/vectors.faiss", "half"), ("bbbbbbbbbbbb/index.json", "{ no json"), ("stray/file", "?") })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(world.Store.PathOf($"indexes/visual/{name}"))!);
            await File.WriteAllTextAsync(world.Store.PathOf($"indexes/visual/{name}"), content, Stop);
        }

        File.Delete(world.Store.PathOf($"indexes/visual/{v[1]}/stickers.db"));
        var list = await IndexCatalogue.ListAsync(world.Store, EmbeddingSpace.Visual, Stop);
        Assert.Equal([v[0], v[2], v[1], "aaaaaaaaaaaa", "bbbbbbbbbbbb"], list.Select(x => x.Version));
        Assert.Equal([true, false, false, false, false], list.Select(x => x.Current));
        Assert.Equal([true, true, true, false, false], list.Select(x => x.Manifest is not null));
        Assert.Null(list[0].Problem);
        Assert.Equal("stickers.db is missing", list[2].Problem);
        Assert.Equal("unfinished", list[3].Problem);
        Assert.Contains("bbbbbbbbbbbb", list[4].Problem!, StringComparison.Ordinal);
        Assert.Empty(await IndexCatalogue.ListAsync(world.Store, EmbeddingSpace.Semantic, Stop));
    }
}
