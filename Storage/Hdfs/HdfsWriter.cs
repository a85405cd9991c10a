using System.Globalization;

namespace Stickers.Storage.Hdfs;

/// <summary>
/// Writes an object to a temporary name beside its own, and renames it at the commit. Bytes are kept here until then: a data node takes a file
/// whole or not at all, and what broke off must be sent again.
/// </summary>
internal sealed class HdfsWriter : StoreWriter
{
    private readonly HdfsStore _store;
    private readonly Spool _spool;
    private readonly string _target;
    private readonly List<string> _temporaries = [];

    private HdfsWriter(HdfsStore store, string key, WriteCondition condition, Spool spool)
        : base(store.Root, key, condition, spool) => (_store, _spool, _target) = (store, spool, store.Address.PathOf(key));

    internal static HdfsWriter Create(HdfsStore store, string key, WriteCondition condition) => new(store, key, condition, new Spool(Path.Combine(store.Cache.Folder, "work")));

    protected override async Task PublishAsync(CancellationToken cancellation)
    {
        var written = await _store.Retrying.RunAsync(Key, UploadAsync, cancellation);
        if (Condition.Version is { } expected)
        {
            await new HdfsClaim(_store, Key, expected).ReplaceAsync(written.Path, written.Status, cancellation);
            return;
        }

        var named = await _store.Retrying.RunAsync(Key, (attempt, stop) => NameAsync(written.Path, written.Status, attempt, stop), cancellation);
        if (!named) throw new StoreConflictException(_store.Root, Key, null, (await _store.StatAsync(Key, cancellation))?.Version);
    }

    protected override async ValueTask ReleaseAsync(bool committed)
    {
        await _spool.DisposeAsync();
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            // The last one has its own name after a commit, and deleting what is not there costs little.
            foreach (var path in committed ? _temporaries.SkipLast(1) : _temporaries)
                await _store.Retrying.RunAsync(Key, (_, stop) => _store.Cluster.DeleteAsync(path, stop), limit.Token);
        }
        catch (Exception fault) when (fault is StoreException or OperationCanceledException)
        {
            // Never listed, never read; it only takes room.
        }
    }

    /// <summary>Each attempt under a name of its own: one that broke off may still be held by its data node.</summary>
    private async Task<(string Path, WebHdfs.FileStatus Status)> UploadAsync(int attempt, CancellationToken cancellation)
    {
        var slash = _target.LastIndexOf('/');
        var path = string.Create(CultureInfo.InvariantCulture, $"{_target[..slash]}/{StoreKey.TemporaryPrefix}{Random.Shared.NextInt64():x16}-{_target[(slash + 1)..]}");
        _temporaries.Add(path);
        await _store.Cluster.CreateAsync(path, overwrite: true, _spool.ToContent, cancellation);
        var status = await _store.Cluster.StatAsync(path, cancellation);
        return status?.Length == _spool.Length
            ? (path, status)
            : throw new StoreException(_store.Root, Key, $"{status?.Length ?? 0} bytes arrived of {_spool.Length}.", isTransient: true);
    }

    /// <summary>False when there is an object and should be none.</summary>
    private async Task<bool> NameAsync(string temporary, WebHdfs.FileStatus ours, int attempt, CancellationToken cancellation)
    {
        try
        {
            await _store.Cluster.RenameAsync(temporary, _target, overwrite: !Condition.Absent, cancellation);
            return true;
        }
        catch (RemoteException fault) when (fault.IsTaken || fault.IsMissing)
        {
            // After a broken connection: the attempt before may have succeeded unseen.
            if (attempt > 1 && (await _store.Cluster.StatAsync(_target, cancellation))?.Version == ours.Version) return true;
            if (fault.IsMissing) throw;
            return false;
        }
    }
}
