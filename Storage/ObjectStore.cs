using System.Text.Json;
using Stickers.Storage.Hdfs;
using Stickers.Storage.S3;

namespace Stickers.Storage;

/// <summary>
/// Objects under keys: a folder on disk, a prefix of a bucket, a folder of HDFS, all with the same meaning. An object is written, then
/// committed in one step; readers see a whole object or none. Who reads one that is replaced meanwhile gets the old bytes or is told so, never
/// a mixture. Thread-safe. A store needs no closing: its connections close themselves when idle.
/// </summary>
/// <remarks>
/// Keys are '/'-separated, relative and case-sensitive; a key cannot at once be the folder of another one. Faults of a store are
/// <see cref="StoreException"/>, which says whether a retry helps; the store itself has then retried within its bounds already.
/// </remarks>
public abstract class ObjectStore
{
    /// <summary>Largest object that a condition can be put on: it is held in memory until it is committed.</summary>
    public const int MaxConditionalBytes = 64 << 20;

    /// <param name="root">What people know the store by; never holds a secret.</param>
    protected ObjectStore(string root) => Root = root;

    /// <summary>What people know the store by: the absolute path of a folder, or an address such as <c>s3://bucket/prefix</c>.</summary>
    public string Root { get; }

    /// <summary>Opens the store that a root names. Nothing is asked over a network yet.</summary>
    /// <param name="root">The path of a folder, which is created when missing, <c>s3://bucket/prefix</c> or <c>hdfs://namenode:9870/folder</c>.</param>
    /// <param name="cache">Where stores over a network put files; null for the one that the environment names.</param>
    /// <exception cref="ArgumentException">No store has a root of this form; the message says which forms there are.</exception>
    public static ObjectStore Open(string root, LocalCache? cache = null)
    {
        if (FaultOf(root) is { } fault) throw new ArgumentException(fault, nameof(root));
        if (root.StartsWith(S3Address.Scheme, StringComparison.Ordinal)) return new S3Store(root, cache: cache);
        if (HdfsAddress.IsMeantBy(root)) return new HdfsStore(root, cache: cache);
        return new LocalStore(root);
    }

    /// <summary>What is wrong with a root, in words for people, or null. Nothing is opened.</summary>
    public static string? FaultOf(string? root)
    {
        if (string.IsNullOrEmpty(root)) return "The root is empty: name a folder, s3://bucket/prefix or hdfs://namenode:9870/folder.";
        try
        {
            if (root.StartsWith(S3Address.Scheme, StringComparison.Ordinal)) S3Address.Parse(root);
            else if (HdfsAddress.IsMeantBy(root)) HdfsAddress.Parse(root);
            else if (root.Contains("://", StringComparison.Ordinal)) return $"'{root}' is no root: expected a folder, s3://bucket/prefix or hdfs://namenode:9870/folder.";
            return null;
        }
        catch (FormatException fault)
        {
            return fault.Message;
        }
    }

    /// <summary>What people find an object by: its absolute path, or its address.</summary>
    public abstract string LocationOf(string key);

    /// <summary>Opens an object for reading. The stream is seekable.</summary>
    /// <exception cref="FileNotFoundException">No object has this key.</exception>
    public Task<Stream> OpenReadAsync(string key, CancellationToken cancellation = default) => OpenReadAsync(key, 0, long.MaxValue, cancellation);

    /// <summary>Opens a part of an object for reading. The stream is seekable, begins at 0, and is shorter where the object ends.</summary>
    /// <param name="key">The object.</param>
    /// <param name="offset">First byte, 0 or more; at or behind the object's end the stream is empty.</param>
    /// <param name="length">Most bytes, 0 or more.</param>
    /// <param name="cancellation">Stops the opening; reads take a token of their own.</param>
    /// <exception cref="FileNotFoundException">No object has this key.</exception>
    public Task<Stream> OpenReadAsync(string key, long offset, long length, CancellationToken cancellation = default)
    {
        StoreKey.Check(key);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return cancellation.IsCancellationRequested ? Task.FromCanceled<Stream>(cancellation) : OpenAsync(key, offset, length, cancellation);
    }

    /// <summary>Starts writing an object. What writers that died have left is ignored by every read.</summary>
    public Task<StoreWriter> CreateAsync(string key, CancellationToken cancellation = default) => CreateAsync(key, WriteCondition.None, cancellation);

    /// <summary>Starts writing an object whose commit succeeds only under a condition. Of writers under the same condition exactly one succeeds.</summary>
    /// <param name="key">The object, at most <see cref="MaxConditionalBytes"/> large.</param>
    /// <param name="condition">When the commit may happen; else it throws <see cref="StoreConflictException"/>.</param>
    /// <param name="cancellation">Stops the call.</param>
    public Task<StoreWriter> CreateAsync(string key, WriteCondition condition, CancellationToken cancellation = default)
    {
        StoreKey.Check(key);
        ArgumentNullException.ThrowIfNull(condition);
        return cancellation.IsCancellationRequested ? Task.FromCanceled<StoreWriter>(cancellation) : BeginAsync(key, condition, cancellation);
    }

    /// <summary>Size and version of an object, or null when there is none.</summary>
    public Task<StoredObject?> StatAsync(string key, CancellationToken cancellation = default)
    {
        StoreKey.Check(key);
        return cancellation.IsCancellationRequested ? Task.FromCanceled<StoredObject?>(cancellation) : FindAsync(key, cancellation);
    }

    /// <summary>All objects whose key starts with the prefix, in the order of their keys' UTF-8 bytes, streamed.</summary>
    /// <remarks>Objects that come or go meanwhile may or may not be listed. For ASCII the order is that of <see cref="StringComparer.Ordinal"/>.</remarks>
    /// <param name="prefix">Start of the keys, empty for all; need not end at a '/'.</param>
    /// <param name="cancellation">Stops the listing.</param>
    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation = default)
    {
        StoreKey.CheckPrefix(prefix);
        return EnumerateAsync(prefix, cancellation);
    }

    /// <summary>Deletes an object; deleting what does not exist is no error.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellation = default)
    {
        StoreKey.Check(key);
        return cancellation.IsCancellationRequested ? Task.FromCanceled(cancellation) : RemoveAsync(key, cancellation);
    }

    /// <summary>Deletes all objects of a folder, and the folder itself where a store has such; one that does not exist is no error. Nobody may write there meanwhile.</summary>
    /// <param name="folder">What the keys begin with, without the '/' at its end.</param>
    /// <param name="cancellation">Stops between two objects.</param>
    public async Task DeleteFolderAsync(string folder, CancellationToken cancellation = default)
    {
        StoreKey.Check(folder);
        foreach (var stored in await ListAsync($"{folder}/", cancellation).ToListAsync(cancellation)) await RemoveAsync(stored.Key, cancellation);
        await RemoveFolderAsync(folder, cancellation);
    }

    /// <summary>An object as a file on local disk, for libraries that only open files (Faiss, SQLite). It stays there until disposed.</summary>
    /// <exception cref="FileNotFoundException">No object has this key.</exception>
    public Task<LocalFile> FetchAsync(string key, CancellationToken cancellation = default)
    {
        StoreKey.Check(key);
        return cancellation.IsCancellationRequested ? Task.FromCanceled<LocalFile>(cancellation) : BringAsync(key, cancellation);
    }

    /// <summary>
    /// An absolute path on local disk for work in progress that belongs to a key: the same one for the same key on this machine. It stands in a
    /// folder that exists; whether a file or a folder is made there is the caller's business, as is its end. It is never listed.
    /// </summary>
    /// <param name="key">The last segment says what the work is, as in <c>models/m1/work</c>.</param>
    public string WorkPath(string key)
    {
        StoreKey.Check(key);
        var path = WorkPlace(key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>Writes a small object atomically.</summary>
    public async Task<CommittedFile> WriteAsync(string key, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation = default)
    {
        await using var writer = await CreateAsync(key, condition, cancellation);
        await writer.Stream.WriteAsync(content, cancellation);
        return await writer.CommitAsync(cancellation);
    }

    /// <summary>Writes a small object atomically.</summary>
    public Task<CommittedFile> WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellation = default) =>
        WriteAsync(key, content, WriteCondition.None, cancellation);

    /// <summary>Writes a small UTF-8 JSON object atomically (indented, camelCase, '\n' at the end).</summary>
    public async Task<CommittedFile> WriteJsonAsync<T>(string key, T value, WriteCondition condition, CancellationToken cancellation = default)
    {
        await using var writer = await CreateAsync(key, condition, cancellation);
        await JsonSerializer.SerializeAsync(writer.Stream, value, StoreJson.Options, cancellation);
        writer.Stream.WriteByte((byte)'\n');
        return await writer.CommitAsync(cancellation);
    }

    /// <summary>Writes a small UTF-8 JSON object atomically (indented, camelCase, '\n' at the end).</summary>
    public Task<CommittedFile> WriteJsonAsync<T>(string key, T value, CancellationToken cancellation = default) =>
        WriteJsonAsync(key, value, WriteCondition.None, cancellation);

    /// <summary>Reads a JSON object, or null when there is none.</summary>
    /// <exception cref="InvalidDataException">The object is not valid JSON of this type; the message names the key.</exception>
    public async Task<T?> ReadJsonAsync<T>(string key, CancellationToken cancellation = default) where T : class
    {
        Stream stream;
        try
        {
            stream = await OpenReadAsync(key, cancellation);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        await using (stream)
        {
            try
            {
                return await JsonSerializer.DeserializeAsync<T>(stream, StoreJson.Options, cancellation)
                    ?? throw new InvalidDataException($"'{key}' in store '{Root}' holds null, expected a {typeof(T).Name}.");
            }
            catch (JsonException fault)
            {
                throw new InvalidDataException($"'{key}' in store '{Root}' is not a valid {typeof(T).Name}: {fault.Message}", fault);
            }
        }
    }

    /// <summary><see cref="OpenReadAsync(string, long, long, CancellationToken)"/> of a key that is checked.</summary>
    protected abstract Task<Stream> OpenAsync(string key, long offset, long length, CancellationToken cancellation);

    /// <summary><see cref="CreateAsync(string, WriteCondition, CancellationToken)"/> of a key that is checked.</summary>
    protected abstract Task<StoreWriter> BeginAsync(string key, WriteCondition condition, CancellationToken cancellation);

    /// <summary><see cref="StatAsync"/> of a key that is checked.</summary>
    protected abstract Task<StoredObject?> FindAsync(string key, CancellationToken cancellation);

    /// <summary><see cref="ListAsync"/> of a prefix that is checked.</summary>
    protected abstract IAsyncEnumerable<StoredObject> EnumerateAsync(string prefix, CancellationToken cancellation);

    /// <summary><see cref="DeleteAsync"/> of a key that is checked.</summary>
    protected abstract Task RemoveAsync(string key, CancellationToken cancellation);

    /// <summary>What <see cref="DeleteFolderAsync"/> does once there are no objects, in a store that has folders.</summary>
    protected virtual Task RemoveFolderAsync(string folder, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary><see cref="FetchAsync"/> of a key that is checked.</summary>
    protected abstract Task<LocalFile> BringAsync(string key, CancellationToken cancellation);

    /// <summary><see cref="WorkPath"/> of a key that is checked, without the folder.</summary>
    protected abstract string WorkPlace(string key);

    /// <summary>What to throw when a key has no object.</summary>
    protected FileNotFoundException Missing(string key, Exception? cause = null) => new($"The store '{Root}' has no object '{key}'.", key, cause);
}
