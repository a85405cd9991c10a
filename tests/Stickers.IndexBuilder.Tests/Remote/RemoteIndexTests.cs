using Stickers.Catalogue;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Tests.Remote;

/// <summary>The life of an index on a store that is no local disk: two machines, each with a cache of its own, work on the same root.</summary>
public abstract class RemoteIndexTests : IAsyncLifetime
{
    private readonly string _caches = Directory.CreateTempSubdirectory("stickers-remote-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Directory.Delete(_caches, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>An address that nothing lies under yet.</summary>
    protected abstract Task<string> RootAsync();

    [Fact]
    public async Task Index_BuildUpdatePublishRollbackPrune_AsOnLocalDisk()
    {
        var root = await RootAsync();
        var (one, other) = (Open(root, "one"), Open(root, "other"));
        using var world = await World.CreateAsync(60);
        await UploadAsync(world, one);
        var built = await IndexBuild.RunAsync(one, World.Options(), cancellation: Stop);
        Assert.Equal((true, 59L, 1.0), (built.Published, built.Count, built.RecallAt10));
        await AssertServesAsync(other, world);

        // The same bytes as on local disk, and nothing is built twice, on whatever machine.
        var local = await world.BuildAsync();
        Assert.Equal(local.Version, built.Version);
        foreach (var (name, bytes) in world.Bytes(local.Version))
            Assert.Equal(bytes, await ReadAsync(other, $"indexes/visual/{built.Version}/{name}"));
        Assert.True((await IndexBuild.RunAsync(other, World.Options(), cancellation: Stop)).AlreadyBuilt);

        await world.ChangeAsync(keep: 55, total: 62, changed: 2);
        await UploadAsync(world, other);
        var updated = await IndexUpdate.RunAsync(other, new IndexUpdateOptions { Build = World.Options(), CompactAt = 1 }, cancellation: Stop);
        Assert.Equal(built.Version, updated.Base);
        await AssertServesAsync(one, world);
        Assert.Equal(1, (await IndexVerification.RunAsync(one, EmbeddingSpace.Visual, cancellation: Stop)).RecallAt10);

        Assert.Equal(built.Version, (await IndexCatalogue.RollbackAsync(one, EmbeddingSpace.Visual, cancellation: Stop)).Version);
        Assert.Equal(updated.Version, (await IndexCatalogue.PublishAsync(other, EmbeddingSpace.Visual, updated.Version, 0.95, Stop)).Version);
        Assert.Equal([updated.Version, built.Version], (await IndexCatalogue.ListAsync(one, EmbeddingSpace.Visual, Stop)).Select(version => version.Version));

        // The served version goes on using the older one's vectors; once another is served, both go.
        Assert.Empty(await IndexPrune.RunAsync(one, new IndexPruneOptions { Space = EmbeddingSpace.Visual, Keep = 0 }, Stop));
        await AssertServesAsync(other, world);
        var whole = await IndexBuild.RunAsync(one, World.Options(), cancellation: Stop);
        await IndexPrune.RunAsync(other, new IndexPruneOptions { Space = EmbeddingSpace.Visual, Keep = 0 }, Stop);
        Assert.Equal(whole.Version, Assert.Single(await IndexCatalogue.ListAsync(one, EmbeddingSpace.Visual, Stop)).Version);
        await AssertServesAsync(other, world);
    }

    [Fact]
    public async Task Publish_TwoAtOnce_OneWinsAndTheOtherIsTold()
    {
        var root = await RootAsync();
        var (one, other) = (Open(root, "one"), Open(root, "other"));
        using var world = await World.CreateAsync(30);
        await UploadAsync(world, one);
        var first = await IndexBuild.RunAsync(one, World.Options(), cancellation: Stop);
        await world.ChangeAsync(keep: 25, total: 30, changed: 2);
        await UploadAsync(world, one);
        var mine = await IndexBuild.RunAsync(one, World.Options() with { Publish = false }, cancellation: Stop);
        await world.ChangeAsync(keep: 20, total: 30, changed: 2);
        await UploadAsync(world, other);
        var theirs = await IndexBuild.RunAsync(other, World.Options() with { Publish = false }, cancellation: Stop);

        for (var round = 0; round < 3; round++)
        {
            // Both have seen what is served before either of them switches.
            var (seen, seenThere) = (await Publishing.ServedAsync(one, EmbeddingSpace.Visual, Stop), await Publishing.ServedAsync(other, EmbeddingSpace.Visual, Stop));
            var outcomes = await Task.WhenAll(TryAsync(one, mine.Version, seen), TryAsync(other, theirs.Version, seenThere));
            Assert.Single(outcomes, error => error is null);
            var told = Assert.IsType<PublishedMeanwhileException>(Assert.Single(outcomes, error => error is not null));
            var current = (await SnapshotKeys.ReadCurrentAsync(one, EmbeddingSpace.Visual, Stop))!;
            Assert.Equal(outcomes[0] is null ? mine.Version : theirs.Version, current.Version);
            Assert.Contains($"from {first.Version} to {current.Version}", told.Message, StringComparison.Ordinal);
            await IndexCatalogue.RollbackAsync(one, EmbeddingSpace.Visual, first.Version, Stop);
        }

        static async Task<Exception?> TryAsync(ObjectStore store, string version, ServedIndex served)
        {
            try
            {
                await Publishing.PublishAsync(store, EmbeddingSpace.Visual, version, served, Stop);
                return null;
            }
            catch (PublishedMeanwhileException e)
            {
                return e;
            }
        }
    }

    private ObjectStore Open(string root, string machine) => ObjectStore.Open(root, new LocalCache(Path.Combine(_caches, machine), 1L << 30));

    /// <summary>Catalogue and embeddings as they are now.</summary>
    private static async Task UploadAsync(World world, ObjectStore store)
    {
        foreach (var folder in (string[])["catalogues/", "embeddings/"])
        {
            foreach (var old in await store.ListAsync(folder, Stop).ToListAsync(Stop)) await store.DeleteAsync(old.Key, Stop);
            await foreach (var file in world.Store.ListAsync(folder, Stop)) await store.WriteAsync(file.Key, await File.ReadAllBytesAsync(world.Store.PathOf(file.Key), Stop), Stop);
        }
    }

    private static async Task<byte[]> ReadAsync(ObjectStore store, string key)
    {
        await using var stream = await store.OpenReadAsync(key, Stop);
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, Stop);
        return memory.ToArray();
    }

    private static async Task AssertServesAsync(ObjectStore store, World world)
    {
        using var snapshot = await Snapshot.OpenCurrentAsync(store, EmbeddingSpace.Visual, Stop);
        Assert.Equal(world.Embeddings.Count, snapshot.Manifest.Count);
        foreach (var query in world.Embeddings.Take(10))
        {
            var expected = world.Embeddings.OrderByDescending(e => ExactDot.Product(e.Visual, query.Visual)).ThenBy(e => e.Id.Value).Take(5).Select(e => e.Id);
            Assert.Equal(expected, snapshot.Search(query.Visual, 5).Select(hit => hit.Id));
        }
    }
}
