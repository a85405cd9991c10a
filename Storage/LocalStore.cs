namespace Stickers.Storage;

/// <summary>Objects as files under one root folder. Keys are '/'-separated and never leave the root.</summary>
public sealed class LocalStore
{
    /// <summary>Opens the store, creating its root folder when missing.</summary>
    /// <param name="root">Folder that all keys are relative to.</param>
    public LocalStore(string root) => Root = Path.GetFullPath(root);

    /// <summary>Absolute path of the root folder.</summary>
    public string Root { get; }

    /// <summary>Absolute path of a key, for libraries that only open files (Faiss, SQLite).</summary>
    /// <exception cref="ArgumentException">The key is empty, absolute or climbs out of the root.</exception>
    public string PathOf(string key) => throw new NotImplementedException();

    /// <summary>Opens a committed object for reading. The stream is seekable.</summary>
    /// <exception cref="FileNotFoundException">No object has this key.</exception>
    public Task<Stream> OpenReadAsync(string key, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Starts writing an object. Temporary files of writers that died are ignored by every read.</summary>
    public Task<StoreWriter> CreateAsync(string key, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Size of an object, or null when there is none.</summary>
    public Task<StoredObject?> StatAsync(string key, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>All committed objects whose key starts with the prefix, in ordinal order of their keys.</summary>
    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Deletes an object; deleting what does not exist is no error.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Writes a small UTF-8 JSON object atomically (indented, camelCase, '\n' at the end).</summary>
    public Task<CommittedFile> WriteJsonAsync<T>(string key, T value, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Reads a JSON object, or null when there is none.</summary>
    /// <exception cref="InvalidDataException">The object is not valid JSON of this type; the message names the key.</exception>
    public Task<T?> ReadJsonAsync<T>(string key, CancellationToken cancellation = default) where T : class => throw new NotImplementedException();
}
