namespace Stickers.Storage;

/// <summary>
/// An object being written. Nothing is visible under its key until <see cref="CommitAsync"/> returns; disposing without a commit leaves
/// nothing behind. For one caller at a time.
/// </summary>
public abstract class StoreWriter : IAsyncDisposable
{
    private readonly string _store;
    private readonly WriterStream _stream;
    private bool _ended, _committed, _released;

    /// <param name="store">The store's root.</param>
    /// <param name="key">The object.</param>
    /// <param name="condition">When the commit may happen.</param>
    /// <param name="target">Where the bytes go.</param>
    protected StoreWriter(string store, string key, WriteCondition condition, Stream target)
    {
        (_store, Key, Condition) = (store, key, condition);
        var limit = condition == WriteCondition.None ? long.MaxValue : ObjectStore.MaxConditionalBytes;
        _stream = new WriterStream(store, key, target, limit);
    }

    /// <summary>The object.</summary>
    public string Key { get; }

    /// <summary>Where the bytes go, from front to back. It has a position, but cannot seek. Disposing it does nothing.</summary>
    public Stream Stream => _stream;

    /// <summary>When the commit may happen.</summary>
    protected WriteCondition Condition { get; }

    /// <summary>Makes the object durable and visible in one step. A writer is committed once; if that fails, write the object again.</summary>
    /// <returns>The object's file name, size in bytes and lower-case hexadecimal SHA-256.</returns>
    /// <exception cref="StoreConflictException">The condition does not hold.</exception>
    /// <exception cref="InvalidOperationException">Committed or disposed before, or a write has failed.</exception>
    public async Task<CommittedFile> CommitAsync(CancellationToken cancellation = default)
    {
        if (_ended) throw new InvalidOperationException($"'{Key}' in store '{_store}' is already committed or disposed.");
        _ended = true;
        cancellation.ThrowIfCancellationRequested();
        var (bytes, sha256) = await _stream.EndAsync(cancellation);
        await PublishAsync(cancellation);
        _committed = true;
        return new CommittedFile(Key[(Key.LastIndexOf('/') + 1)..], bytes, sha256);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_released) return;
        _released = _ended = true;
        _stream.End();
        await ReleaseAsync(_committed);
        GC.SuppressFinalize(this);
    }

    /// <summary>Does the commit: all bytes are in the target and flushed. Called at most once.</summary>
    protected abstract Task PublishAsync(CancellationToken cancellation);

    /// <summary>Gives back what the writer holds and, unless committed, removes what was written. Called once; must not throw for what is gone already.</summary>
    protected abstract ValueTask ReleaseAsync(bool committed);
}
