using System.Security.Cryptography;

namespace Stickers.Storage;

/// <summary>
/// An object being written. Nothing is visible under its key until <see cref="CommitAsync"/> returns; disposing
/// without a commit leaves nothing behind.
/// </summary>
public sealed class StoreWriter : IAsyncDisposable
{
    private readonly FileStream _file;
    private readonly string _target;
    private bool _open = true;

    private StoreWriter(FileStream file, string target) => (_file, _target) = (file, target);

    /// <summary>Where the bytes go. Seekable; do not dispose it.</summary>
    public Stream Stream => _file;

    /// <param name="target">Absolute path the object will have.</param>
    internal static StoreWriter Create(string target)
    {
        var folder = Path.GetDirectoryName(target)!;
        CreateFolder(folder);
        var name = Path.GetFileName(target);
        DeleteRemainsOfTheDead(folder, name);
        var temporary = Path.Combine(folder, $"{StoreKey.TemporaryPrefix}{Random.Shared.NextInt64():x16}-{name}");
        // FileShare.None takes a lock that ends with the process: by it the living are told from the dead.
        var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        return new StoreWriter(file, target);
    }

    /// <summary>Flushes to disk and makes the object visible in one step, replacing what stood under the key.</summary>
    /// <returns>The object's file name, size in bytes and lower-case hexadecimal SHA-256.</returns>
    /// <exception cref="InvalidOperationException">Committed before.</exception>
    public async Task<CommittedFile> CommitAsync(CancellationToken cancellation = default)
    {
        if (!_open) throw new InvalidOperationException($"'{_target}' is already committed or disposed.");
        await _file.FlushAsync(cancellation).ConfigureAwait(false);
        _file.Position = 0;
        var hash = await SHA256.HashDataAsync(_file, cancellation).ConfigureAwait(false);
        var committed = new CommittedFile(Path.GetFileName(_target), _file.Length, Convert.ToHexStringLower(hash));
        _file.Flush(flushToDisk: true);
        cancellation.ThrowIfCancellationRequested();

        // Renamed while still locked, so that no one takes it for the remains of a dead writer.
        File.Move(_file.Name, _target, overwrite: true);
        _open = false;
        await _file.DisposeAsync().ConfigureAwait(false);
        DirectorySync.Flush(Path.GetDirectoryName(_target)!);
        return committed;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_open) return;
        _open = false;
        File.Delete(_file.Name);
        await _file.DisposeAsync().ConfigureAwait(false);
    }

    private static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        var parent = Path.GetDirectoryName(folder)!;
        CreateFolder(parent);
        Directory.CreateDirectory(folder);
        DirectorySync.Flush(parent);
    }

    private static void DeleteRemainsOfTheDead(string folder, string name)
    {
        foreach (var path in Directory.EnumerateFiles(folder, $"{StoreKey.TemporaryPrefix}*"))
        {
            // prefix, 16 hexadecimal digits, '-', the name: compared whole, because a name may hold '*' or '?'.
            if (!Path.GetFileName(path).EndsWith($"-{name}", StringComparison.Ordinal)) continue;
            if (Path.GetFileName(path).Length != StoreKey.TemporaryPrefix.Length + 17 + name.Length) continue;
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
