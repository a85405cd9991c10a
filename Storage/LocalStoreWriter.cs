namespace Stickers.Storage;

/// <summary>Writes a file under a temporary name beside its own, and gives it its name at the commit.</summary>
internal sealed class LocalStoreWriter : StoreWriter
{
    private readonly LocalStore _store;
    private readonly FileStream _file;
    private readonly string _target;

    private LocalStoreWriter(LocalStore store, string key, WriteCondition condition, FileStream file, string target)
        : base(store.Root, key, condition, file) => (_store, _file, _target) = (store, file, target);

    /// <param name="store">The store.</param>
    /// <param name="key">The object.</param>
    /// <param name="condition">When it may be committed.</param>
    /// <param name="tidy">Whether the remains of dead writers in the folder are deleted first.</param>
    /// <param name="cancellation">Stops the call.</param>
    internal static async Task<LocalStoreWriter> CreateAsync(LocalStore store, string key, WriteCondition condition, bool tidy, CancellationToken cancellation)
    {
        var target = store.PathOf(key);
        var folder = Path.GetDirectoryName(target)!;
        CreateFolder(folder);
        // Under the lock, so that no one who tidies meets the file before its own lock is on it.
        using var held = await FolderLock.TakeAsync(folder, cancellation);
        if (tidy && held.IsHeld) DeleteRemainsOfTheDead(folder);
        var temporary = Path.Combine(folder, $"{StoreKey.TemporaryPrefix}{Random.Shared.NextInt64():x16}-{Path.GetFileName(target)}");
        // FileShare.None takes a lock that ends with the process: by it the living are told from the dead.
        var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        return new LocalStoreWriter(store, key, condition, file, target);
    }

    protected override async Task PublishAsync(CancellationToken cancellation)
    {
        try
        {
            await NameAsync(cancellation);
        }
        catch (IOException fault) when (fault is not StoreException)
        {
            throw new StoreException(_store.Root, Key, $"it could not be committed: {DiskFault.Words(fault)}", isTransient: false, fault);
        }
    }

    private async Task NameAsync(CancellationToken cancellation)
    {
        _file.Flush(flushToDisk: true);
        // The clock of the file system may tick only every few milliseconds; the version of an object needs finer steps.
        File.SetLastWriteTimeUtc(_file.SafeFileHandle, DateTime.UtcNow);
        cancellation.ThrowIfCancellationRequested();

        var folder = Path.GetDirectoryName(_target)!;
        using (var held = await FolderLock.TakeAsync(folder, cancellation))
        {
            // Closed first, as readers could not open a file that is still locked; under the folder's lock no one takes it for a dead writer's.
            await _file.DisposeAsync();
            if (Condition.Absent)
            {
                if (!FolderHandle.TryLink(_file.Name, _target)) throw new StoreConflictException(_store.Root, Key, null, _store.VersionOf(Key));
                File.Delete(_file.Name);
            }
            else
            {
                if (Condition.Version is { } expected) Demand(expected, held);
                File.Move(_file.Name, _target, overwrite: true);
            }
        }

        FolderHandle.Flush(folder);
    }

    protected override async ValueTask ReleaseAsync(bool committed)
    {
        if (!committed) File.Delete(_file.Name);
        try
        {
            await _file.DisposeAsync();
        }
        catch (IOException) when (!committed)
        {
            // What was still to be written had no room either; the file is gone already.
        }
    }

    private void Demand(string expected, FolderLock held)
    {
        if (!held.IsHeld)
            throw new StoreException(_store.Root, Key, "it cannot be replaced under a condition: the file system of this folder has no locks (flock). Use another disk, or a store with conditional writes.", isTransient: false);
        var found = _store.VersionOf(Key);
        if (found != expected) throw new StoreConflictException(_store.Root, Key, expected, found);
    }

    private static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        var parent = Path.GetDirectoryName(folder)!;
        CreateFolder(parent);
        Directory.CreateDirectory(folder);
        FolderHandle.Flush(parent);
    }

    private static void DeleteRemainsOfTheDead(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, $"{StoreKey.TemporaryPrefix}????????????????-*"))
        {
            try
            {
                using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                    File.Delete(path);
            }
            catch (IOException)
            {
                // Its writer lives, or has just committed.
            }
        }
    }
}
