namespace Stickers.Storage;

/// <summary>
/// An object being written. Nothing is visible under its key until <see cref="CommitAsync"/> returns; disposing
/// without a commit leaves nothing behind.
/// </summary>
public sealed class StoreWriter : IAsyncDisposable
{
    /// <summary>Where the bytes go. Seekable; do not dispose it.</summary>
    public Stream Stream => throw new NotImplementedException();

    /// <summary>Flushes to disk and makes the object visible in one step, replacing what stood under the key.</summary>
    /// <returns>The object's size in bytes and lower-case hexadecimal SHA-256.</returns>
    public Task<CommittedFile> CommitAsync(CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>A committed file as manifests record it.</summary>
/// <param name="Path">Path relative to the manifest's folder.</param>
/// <param name="Bytes">Size in bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal SHA-256 of the content.</param>
public sealed record CommittedFile(string Path, long Bytes, string Sha256);
