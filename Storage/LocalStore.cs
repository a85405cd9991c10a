using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Stickers.Storage;

/// <summary>Objects as files under one root folder. Keys are '/'-separated and never leave the root.</summary>
public sealed class LocalStore
{
    /// <summary>Opens the store, creating its root folder when missing.</summary>
    /// <param name="root">Folder that all keys are relative to.</param>
    public LocalStore(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        Directory.CreateDirectory(Root);
    }

    /// <summary>Absolute path of the root folder.</summary>
    public string Root { get; }

    /// <summary>Absolute path of a key, for libraries that only open files (Faiss, SQLite).</summary>
    /// <exception cref="ArgumentException">The key is empty, absolute or climbs out of the root.</exception>
    public string PathOf(string key)
    {
        StoreKey.Check(key);
        return Path.Combine(Root, key);
    }

    /// <summary>Opens a committed object for reading. The stream is seekable.</summary>
    /// <exception cref="FileNotFoundException">No object has this key.</exception>
    public Task<Stream> OpenReadAsync(string key, CancellationToken cancellation = default)
    {
        var path = PathOf(key);
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<Stream>(cancellation);
        try
        {
            return Task.FromResult<Stream>(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromException<Stream>(new FileNotFoundException($"The store '{Root}' has no object '{key}'.", path, missing));
        }
    }

    /// <summary>Starts writing an object. Temporary files of writers that died are ignored by every read.</summary>
    public Task<StoreWriter> CreateAsync(string key, CancellationToken cancellation = default)
    {
        var path = PathOf(key);
        return cancellation.IsCancellationRequested ? Task.FromCanceled<StoreWriter>(cancellation) : Task.FromResult(StoreWriter.Create(path));
    }

    /// <summary>Size of an object, or null when there is none.</summary>
    public Task<StoredObject?> StatAsync(string key, CancellationToken cancellation = default)
    {
        var file = new FileInfo(PathOf(key));
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(file.Exists ? new StoredObject(key, file.Length) : null);
    }

    /// <summary>All committed objects whose key starts with the prefix, in ordinal order of their keys.</summary>
    /// <param name="prefix">Start of the keys, empty for all; need not end at a '/'.</param>
    /// <param name="cancellation">Stops the listing.</param>
    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var slash = prefix.LastIndexOf('/');
        var folder = slash < 0 ? "" : prefix[..slash];
        if (folder.Length > 0) StoreKey.Check(folder);
        foreach (var found in List(folder, prefix))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return found;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <summary>Deletes an object; deleting what does not exist is no error.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellation = default)
    {
        var path = PathOf(key);
        cancellation.ThrowIfCancellationRequested();
        if (File.Exists(path))
        {
            File.Delete(path);
            DirectorySync.Flush(Path.GetDirectoryName(path)!);
        }

        return Task.CompletedTask;
    }

    /// <summary>Writes a small UTF-8 JSON object atomically (indented, camelCase, '\n' at the end).</summary>
    public async Task<CommittedFile> WriteJsonAsync<T>(string key, T value, CancellationToken cancellation = default)
    {
        var writer = await CreateAsync(key, cancellation).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            await JsonSerializer.SerializeAsync(writer.Stream, value, StoreJson.Options, cancellation).ConfigureAwait(false);
            writer.Stream.WriteByte((byte)'\n');
            return await writer.CommitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Reads a JSON object, or null when there is none.</summary>
    /// <exception cref="InvalidDataException">The object is not valid JSON of this type; the message names the key.</exception>
    public async Task<T?> ReadJsonAsync<T>(string key, CancellationToken cancellation = default) where T : class
    {
        if (await StatAsync(key, cancellation).ConfigureAwait(false) is null) return null;
        var stream = await OpenReadAsync(key, cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                return await JsonSerializer.DeserializeAsync<T>(stream, StoreJson.Options, cancellation).ConfigureAwait(false)
                    ?? throw new InvalidDataException($"'{key}' in store '{Root}' holds null, expected a {typeof(T).Name}.");
            }
            catch (JsonException fault)
            {
                throw new InvalidDataException($"'{key}' in store '{Root}' is not a valid {typeof(T).Name}: {fault.Message}", fault);
            }
        }
    }

    private IEnumerable<StoredObject> List(string folder, string prefix)
    {
        var info = new DirectoryInfo(Path.Combine(Root, folder));
        if (!info.Exists) yield break;

        // A folder sorts as if its name ended in '/', which gives the ordinal order of whole keys.
        var entries = info.EnumerateFileSystemInfos()
            .Where(entry => !entry.Name.StartsWith(StoreKey.TemporaryPrefix, StringComparison.Ordinal))
            .Select(entry => (Entry: entry, Key: (folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}") + (entry is DirectoryInfo ? "/" : "")))
            .Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) || (pair.Entry is DirectoryInfo && prefix.StartsWith(pair.Key, StringComparison.Ordinal)))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal);
        foreach (var (entry, key) in entries)
        {
            if (entry is FileInfo file)
            {
                if (file.Exists) yield return new StoredObject(key, file.Length);
                continue;
            }

            foreach (var found in List(key[..^1], prefix)) yield return found;
        }
    }
}
