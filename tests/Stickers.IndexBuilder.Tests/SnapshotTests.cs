using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Tests;

/// <summary>Snapshots as builds write them, opened and damaged.</summary>
public sealed class SnapshotTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenCurrent_NothingPublished_SaysHowTo()
    {
        using var world = await World.CreateAsync(20);
        var e = await Assert.ThrowsAsync<FileNotFoundException>(() => Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Semantic, Stop));
        Assert.Contains("stickers index build --space semantic", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FileNotFoundException>(() => Snapshot.OpenAsync(world.Store, EmbeddingSpace.Visual, "0123456789ab", Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Snapshot.OpenAsync(world.Store, EmbeddingSpace.Visual, "../../catalogues", Stop));
    }

    [Theory]
    [InlineData("rows.bin", "flip")]
    [InlineData("rows.bin", "delete")]
    [InlineData("vectors.exact", "flip")]
    [InlineData("stickers.db", "flip")]
    [InlineData("vectors.exact", "cut")]
    [InlineData("stickers.db", "cut")]
    [InlineData("vectors.exact", "delete")]
    [InlineData("tags.bin", "flip")]
    [InlineData("stickers.db", "delete")]
    public async Task Open_DamagedFile_NamesIt(string file, string damage)
    {
        using var world = await World.CreateAsync(20);
        var built = await world.BuildAsync();
        var path = world.Store.PathOf($"indexes/visual/{built.Version}/{file}");
        var bytes = await File.ReadAllBytesAsync(path, Stop);
        if (damage == "delete")
        {
            File.Delete(path);
        }
        else
        {
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(path, damage == "flip" ? bytes : bytes[..^1], Stop);
        }

        var e = await Assert.ThrowsAsync<InvalidDataException>(() => Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop));
        Assert.Contains($"indexes/visual/{built.Version}/{file}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ManifestOfAnotherPlace_IsRefused()
    {
        using var world = await World.CreateAsync(20);
        var built = await world.BuildAsync();
        Directory.CreateDirectory(world.Store.PathOf("indexes/semantic"));
        Directory.Move(world.Store.PathOf($"indexes/visual/{built.Version}"), world.Store.PathOf($"indexes/semantic/{built.Version}"));
        var e = await Assert.ThrowsAsync<InvalidDataException>(() => Snapshot.OpenAsync(world.Store, EmbeddingSpace.Semantic, built.Version, Stop));
        Assert.Contains("does not belong there", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FutureFormat_IsRefused()
    {
        using var world = await World.CreateAsync(20);
        var built = await world.BuildAsync();
        var path = world.Store.PathOf($"indexes/visual/{built.Version}/index.json");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, Stop)).Replace("\"formatVersion\": 4", "\"formatVersion\": 5", StringComparison.Ordinal), Stop);
        var e = await Assert.ThrowsAsync<InvalidDataException>(() => Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop));
        Assert.Contains("format version 5", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_Bounds_AreChecked()
    {
        using var world = await World.CreateAsync(20);
        await world.BuildAsync();
        using var snapshot = await Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop);
        var unit = world.Embeddings[0].Visual;
        Assert.Equal(19, snapshot.Search(unit, 1000).Count); // all there are
        Assert.Equal(18, snapshot.Search(unit, 1000, world.Embeddings[0].Id).Count);
        Assert.Equal(19, snapshot.Search(unit, 19, new StickerId(1)).Count); // excluding a stranger excludes nothing
        Assert.Throws<ArgumentOutOfRangeException>(() => snapshot.Search(unit, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => snapshot.Search(unit, Snapshot.MaxNeighbours + 1));
        Assert.Throws<ArgumentException>(() => snapshot.Search(unit.AsSpan(1), 5));
        Assert.Throws<ArgumentException>(() => snapshot.Search(new float[unit.Length], 5));
        Assert.Throws<ArgumentException>(() => snapshot.Search([.. unit.Skip(1), float.NaN], 5));
        snapshot.Dispose();
        Assert.Throws<ObjectDisposedException>(() => snapshot.Search(unit, 5));
        Assert.Throws<ObjectDisposedException>(() => snapshot.Vector(world.Embeddings[0].Id));
    }

    [Fact]
    public async Task Snapshot_OpenWhileAnotherIsPublished_KeepsAnswering()
    {
        using var world = await World.CreateAsync(40);
        await world.BuildAsync();
        using var old = await Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop);
        var query = world.Embeddings[0].Visual;
        var before = old.Search(query, 5);
        await world.EmbedAsync("m2", 2);
        await world.BuildAsync(World.Options(model: "m2"));
        using var fresh = await Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop);
        Assert.NotEqual(old.Manifest.Version, fresh.Manifest.Version);
        Assert.Equal(before, old.Search(query, 5));
        Assert.Equal(world.Embeddings[0].Id, fresh.Search(world.Embeddings[0].Visual, 1)[0].Id);
    }
}
