using System.Collections.Concurrent;
using System.Globalization;

namespace Stickers.Storage;

/// <summary>Objects as files under one root folder. Keys never leave the root.</summary>
/// <remarks>
/// A commit is a rename; what was written and its name are flushed to disk first. A condition holds against every other writer of this class on
/// the machine, and of other machines where the file system's locks reach them.
/// </remarks>
public sealed class LocalStore : ObjectStore
{
    private readonly ConcurrentDictionary<string, bool> _tidied = new(StringComparer.Ordinal);

    /// <summary>Opens the store, creating its root folder when missing.</summary>
    /// <param name="root">Folder that all keys are relative to.</param>
    public LocalStore(string root)
        : base(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root))) => Directory.CreateDirectory(Root);

    /// <summary>Absolute path of a key.</summary>
    /// <exception cref="ArgumentException">The key is empty, absolute or climbs out of the root.</exception>
    public string PathOf(string key)
    {
        StoreKey.Check(key);
        return Path.Combine(Root, key);
    }

    /// <inheritdoc/>
    public override string LocationOf(string key) => PathOf(key);

    /// <summary>The version of an object, or null when there is none: its size, and the time that its writer stamped on it.</summary>
    internal string? VersionOf(string key) => VersionOf(new FileInfo(PathOf(key)));

    /// <inheritdoc/>
    protected override Task<Stream> OpenAsync(string key, long offset, long length, CancellationToken cancellation)
    {
        try
        {
            var file = new FileStream(PathOf(key), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, offset == 0 && length == long.MaxValue ? 1 << 16 : 0);
            return Task.FromResult<Stream>(offset == 0 && length == long.MaxValue ? file : new FileRange(file, offset, length));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException || (missing is UnauthorizedAccessException && Directory.Exists(PathOf(key))))
        {
            return Task.FromException<Stream>(Missing(key, missing));
        }
    }

    /// <inheritdoc/>
    protected override async Task<StoreWriter> BeginAsync(string key, WriteCondition condition, CancellationToken cancellation)
    {
        // Once a folder and store: looking through a folder of many parts for each of them would take for ever.
        var tidy = _tidied.TryAdd(Path.GetDirectoryName(key)!, true);
        return await LocalStoreWriter.CreateAsync(this, key, condition, tidy, cancellation);
    }

    /// <inheritdoc/>
    protected override Task<StoredObject?> FindAsync(string key, CancellationToken cancellation)
    {
        var file = new FileInfo(PathOf(key));
        return Task.FromResult(VersionOf(file) is { } version ? new StoredObject(key, file.Length, version) : null);
    }

    /// <inheritdoc/>
    protected override IAsyncEnumerable<StoredObject> EnumerateAsync(string prefix, CancellationToken cancellation) =>
        TreeListing.ListAsync(folder => EntriesOf(Path.Combine(Root, folder)).ToAsyncEnumerable(), prefix, cancellation);

    /// <inheritdoc/>
    protected override async Task RemoveAsync(string key, CancellationToken cancellation)
    {
        var path = PathOf(key);
        if (!File.Exists(path)) return;
        var folder = Path.GetDirectoryName(path)!;
        using (await FolderLock.TakeAsync(folder, cancellation)) File.Delete(path);
        FolderHandle.Flush(folder);
    }

    /// <inheritdoc/>
    protected override Task RemoveFolderAsync(string folder, CancellationToken cancellation)
    {
        var path = PathOf(folder);
        if (!Directory.Exists(path)) return Task.CompletedTask;
        // With what dead writers have left.
        Directory.Delete(path, recursive: true);
        FolderHandle.Flush(Path.GetDirectoryName(path)!);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task<LocalFile> BringAsync(string key, CancellationToken cancellation)
    {
        var path = PathOf(key);
        return File.Exists(path) ? Task.FromResult(new LocalFile(path)) : Task.FromException<LocalFile>(Missing(key));
    }

    /// <inheritdoc/>
    protected override string WorkPlace(string key)
    {
        var path = PathOf(key);
        return Path.Combine(Path.GetDirectoryName(path)!, StoreKey.TemporaryPrefix + Path.GetFileName(path));
    }

    private static string? VersionOf(FileInfo file) => file.Exists
        ? string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}")
        : null;

    private static IEnumerable<FolderEntry> EntriesOf(string folder)
    {
        var info = new DirectoryInfo(folder);
        if (!info.Exists) yield break;
        foreach (var entry in info.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StoreKey.Order))
        {
            if (entry is not FileInfo file) yield return new FolderEntry(entry.Name, IsFolder: true, 0, "");
            else if (VersionOf(file) is { } version) yield return new FolderEntry(file.Name, IsFolder: false, file.Length, version);
        }
    }
}
