namespace Stickers.Storage;

/// <summary>What stores over a network share: files come from, and work goes to, a cache on local disk.</summary>
public abstract class RemoteStore : ObjectStore
{
    /// <param name="root">The store's address.</param>
    /// <param name="cache">Where files are put; null for the one that the environment names.</param>
    private protected RemoteStore(string root, LocalCache? cache)
        : base(root) => Cache = cache ?? LocalCache.FromEnvironment();

    /// <summary>Where files are put.</summary>
    public LocalCache Cache { get; }

    /// <inheritdoc/>
    public override string LocationOf(string key) => $"{Root}/{key}";

    /// <inheritdoc/>
    protected override async Task<LocalFile> BringAsync(string key, CancellationToken cancellation)
    {
        var item = await FindAsync(key, cancellation) ?? throw Missing(key);
        return await Cache.FetchAsync(
            Root,
            item,
            async (target, stop) =>
            {
                await using var source = await OpenVersionAsync(item, stop);
                await source.CopyToAsync(target, 1 << 20, stop);
            },
            cancellation);
    }

    /// <inheritdoc/>
    protected override string WorkPlace(string key) => Cache.WorkPath(Root, key);

    /// <summary>Opens exactly this version; where it is not there any more, opening or reading throws a transient <see cref="StoreException"/>.</summary>
    private protected abstract Task<Stream> OpenVersionAsync(StoredObject item, CancellationToken cancellation);
}
