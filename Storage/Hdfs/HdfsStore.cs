using System.Runtime.CompilerServices;

namespace Stickers.Storage.Hdfs;

/// <summary>
/// Objects as files of HDFS, by its REST interface WebHDFS. The environment says who asks: <c>HADOOP_USER_NAME</c>, or a delegation token in
/// <c>STICKERS_HDFS_TOKEN</c>. Written to the specification and tested against a stand-in; not verified against a Hadoop cluster.
/// </summary>
/// <remarks>
/// A commit is a rename, which HDFS does in one step: with overwriting for a plain write, without for <see cref="WriteCondition.IfAbsent"/>.
/// <see cref="WriteCondition.IfVersion"/> is atomic among those who use it, but not against plain writes and deletes of the same key.
/// </remarks>
public sealed class HdfsStore : RemoteStore
{
    internal HdfsStore(string root, HdfsSettings? settings = null, LocalCache? cache = null, RetryOptions? retries = null)
        : base(HdfsAddress.Parse(root).Root, cache)
    {
        Address = HdfsAddress.Parse(root);
        Cluster = new WebHdfs(Address, settings ?? HdfsSettings.FromEnvironment());
        Retrying = new Retrying(Root, retries ?? new RetryOptions(), (key, fault) => HdfsFault.Explain(Root, key, fault));
    }

    internal HdfsAddress Address { get; }

    internal WebHdfs Cluster { get; }

    internal Retrying Retrying { get; }

    /// <summary>How long the claim of another writer is respected; one's own is used for a third of it.</summary>
    internal TimeSpan ClaimPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task<Stream> OpenAsync(string key, long offset, long length, CancellationToken cancellation) =>
        new HdfsReadStream(this, await FindAsync(key, cancellation) ?? throw Missing(key), offset, length);

    /// <inheritdoc/>
    protected override Task<StoreWriter> BeginAsync(string key, WriteCondition condition, CancellationToken cancellation) =>
        Task.FromResult<StoreWriter>(HdfsWriter.Create(this, key, condition));

    /// <inheritdoc/>
    protected override Task<StoredObject?> FindAsync(string key, CancellationToken cancellation) => Retrying.RunAsync(
        key,
        async (_, stop) => await Cluster.StatAsync(Address.PathOf(key), stop) is { IsFile: true } found ? new StoredObject(key, found.Length, found.Version) : null,
        cancellation);

    /// <inheritdoc/>
    protected override IAsyncEnumerable<StoredObject> EnumerateAsync(string prefix, CancellationToken cancellation) =>
        TreeListing.ListAsync(folder => EntriesOfAsync(folder, cancellation), prefix, cancellation);

    /// <inheritdoc/>
    protected override async Task RemoveAsync(string key, CancellationToken cancellation)
    {
        // HDFS would delete an empty folder of this name as well.
        if (await FindAsync(key, cancellation) is not null)
            await Retrying.RunAsync(key, (_, stop) => Cluster.DeleteAsync(Address.PathOf(key), stop), cancellation);
    }

    /// <inheritdoc/>
    protected override async Task RemoveFolderAsync(string folder, CancellationToken cancellation)
    {
        // An object of the folder's own name stays.
        if (await FindAsync(folder, cancellation) is null)
            await Retrying.RunAsync(folder, (_, stop) => Cluster.DeleteAsync(Address.PathOf(folder), stop, recursive: true), cancellation);
    }

    /// <inheritdoc/>
    private protected override Task<Stream> OpenVersionAsync(StoredObject item, CancellationToken cancellation) =>
        Task.FromResult<Stream>(new HdfsReadStream(this, item, 0, item.Bytes));

    private async IAsyncEnumerable<FolderEntry> EntriesOfAsync(string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? after = null;
        for (var more = true; more;)
        {
            var last = after;
            (var entries, more) = await Retrying.RunAsync(folder, (_, stop) => Cluster.ListAsync(Address.PathOf(folder), last, stop), cancellation);
            foreach (var entry in entries) yield return new FolderEntry(entry.PathSuffix, !entry.IsFile, entry.Length, entry.Version);
            after = entries.Count > 0 ? entries[^1].PathSuffix : after;
        }
    }
}
