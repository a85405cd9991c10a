using Stickers.Storage;

namespace Stickers.Tagger.Tests.Backfilling.Planning;

/// <summary>A store that dies, as a killed process does, before its n-th operation, and does nothing from then on. What was committed before stays.</summary>
internal sealed class DyingStore(ObjectStore inner, int operations) : ObjectStore(inner.Root)
{
    private int _left = operations;

    /// <summary>Whether it has died.</summary>
    public bool IsDead => Volatile.Read(ref _left) < 0;

    public override string LocationOf(string key) => inner.LocationOf(key);

    protected override Task<Stream> OpenAsync(string key, long offset, long length, CancellationToken cancellation) => Live(() => inner.OpenReadAsync(key, offset, length, cancellation));

    protected override Task<StoreWriter> BeginAsync(string key, WriteCondition condition, CancellationToken cancellation) => Live(() => inner.CreateAsync(key, condition, cancellation));

    protected override Task<StoredObject?> FindAsync(string key, CancellationToken cancellation) => Live(() => inner.StatAsync(key, cancellation));

    protected override IAsyncEnumerable<StoredObject> EnumerateAsync(string prefix, CancellationToken cancellation) => Live(() => inner.ListAsync(prefix, cancellation));

    protected override Task RemoveAsync(string key, CancellationToken cancellation) => Live(() => inner.DeleteAsync(key, cancellation));

    protected override Task<LocalFile> BringAsync(string key, CancellationToken cancellation) => Live(() => inner.FetchAsync(key, cancellation));

    protected override string WorkPlace(string key) => inner.WorkPath(key);

    private T Live<T>(Func<T> operation) => Interlocked.Decrement(ref _left) < 0 ? throw new StoreDiedException() : operation();
}

/// <summary>The process is dead.</summary>
internal sealed class StoreDiedException() : Exception("killed by the test");
