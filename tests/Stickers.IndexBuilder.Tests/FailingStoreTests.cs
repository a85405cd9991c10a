using System.Runtime.CompilerServices;
using Stickers.Pipeline;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Tests;

/// <summary>A store that fails at its first, second, … call. Whoever reads meanwhile sees a whole index.</summary>
public sealed class FailingStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("build")]
    [InlineData("update")]
    public async Task Store_FailingAtAnyCall_KeepsWhatIsServedOrServesTheNew(string job)
    {
        using var world = await World.CreateAsync(40);
        using var undisturbed = await World.CreateAsync(40);
        var old = await world.BuildAsync();
        await undisturbed.BuildAsync();
        await world.ChangeAsync(keep: 35, total: 45, changed: 2);
        await undisturbed.ChangeAsync(keep: 35, total: 45, changed: 2);
        var expected = await RunAsync(undisturbed.Store, job);
        var failures = 0;
        for (var call = 1; ; call++)
        {
            var store = new FailingStore(world.Store, call);
            try
            {
                await RunAsync(store, job);
                Assert.False(store.HasFailed);
                break;
            }
            catch (Exception failed) when (failed is StoreException or JobFailedException { InnerException: StoreException })
            {
                failures++;
            }

            using var snapshot = await Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop);
            Assert.Contains(snapshot.Manifest.Version, new[] { old.Version, expected.Version });
            Assert.Empty(world.Remains());
        }

        Assert.True(failures > 15, $"{failures} failures");
        using var now = await Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop);
        Assert.Equal(expected.Version, now.Manifest.Version);
        Assert.Equal(undisturbed.Bytes(expected.Version), world.Bytes(expected.Version));
    }

    private static Task<IndexSummary> RunAsync(ObjectStore store, string job) => job == "build"
        ? IndexBuild.RunAsync(store, World.Options(), null, Stop)
        : IndexUpdate.RunAsync(store, new IndexUpdateOptions { Build = World.Options(), CompactAt = 1 }, null, Stop);

    /// <summary>Passes all on to a folder, but for one call.</summary>
    private sealed class FailingStore(LocalStore inner, int failingCall) : ObjectStore(inner.Root)
    {
        private int _calls;

        public bool HasFailed => _calls >= failingCall;

        public override string LocationOf(string key) => inner.LocationOf(key);

        protected override Task<Stream> OpenAsync(string key, long offset, long length, CancellationToken cancellation)
        {
            Count(key);
            return inner.OpenReadAsync(key, offset, length, cancellation);
        }

        protected override async Task<StoreWriter> BeginAsync(string key, WriteCondition condition, CancellationToken cancellation)
        {
            Count(key);
            return new FailingWriter(Root, await inner.CreateAsync(key, condition, cancellation), () => Count(key));
        }

        protected override Task<StoredObject?> FindAsync(string key, CancellationToken cancellation)
        {
            Count(key);
            return inner.StatAsync(key, cancellation);
        }

        protected override async IAsyncEnumerable<StoredObject> EnumerateAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
        {
            Count(prefix);
            await foreach (var found in inner.ListAsync(prefix, cancellation)) yield return found;
        }

        protected override Task RemoveAsync(string key, CancellationToken cancellation)
        {
            Count(key);
            return inner.DeleteAsync(key, cancellation);
        }

        protected override Task<LocalFile> BringAsync(string key, CancellationToken cancellation)
        {
            Count(key);
            return inner.FetchAsync(key, cancellation);
        }

        protected override string WorkPlace(string key) => inner.WorkPath(key);

        private void Count(string key)
        {
            if (Interlocked.Increment(ref _calls) == failingCall) throw new StoreException(Root, key, "the test lets it fail", isTransient: false);
        }
    }
    private sealed class FailingWriter(string root, StoreWriter inner, Action count) : StoreWriter(root, inner.Key, WriteCondition.None, inner.Stream)
    {
        protected override async Task PublishAsync(CancellationToken cancellation)
        {
            count();
            await inner.CommitAsync(cancellation);
        }

        protected override async ValueTask ReleaseAsync(bool committed) => await inner.DisposeAsync();
    }
}
