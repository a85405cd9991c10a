using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>Keeps two processes on one machine from working on a space at once. It ends with its process, even a killed one.</summary>
internal sealed class SpaceLock : IDisposable
{
    private readonly FileStream _file;

    private SpaceLock(FileStream file) => _file = file;

    /// <summary>Held during a whole build.</summary>
    /// <exception cref="InvalidOperationException">Another process is building.</exception>
    public static SpaceLock ForBuilding(LocalStore store, EmbeddingSpace space) => TryTake(store, space, "build")
        ?? throw new InvalidOperationException($"Another process is building the {space.Name()} index under {store.Root}. Wait until it has finished.");

    /// <summary>Held while current.json is read and rewritten, which takes milliseconds.</summary>
    /// <exception cref="InvalidOperationException">Another process has held it for ten seconds.</exception>
    public static async Task<SpaceLock> ForPublishingAsync(LocalStore store, EmbeddingSpace space, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (TryTake(store, space, "publish") is { } taken)
                return taken;
            await Task.Delay(100, cancellation);
        }

        throw new InvalidOperationException($"Another process has been publishing the {space.Name()} index under {store.Root} for ten seconds. Try again.");
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Names that start with .tmp- are no objects of the store.</summary>
    private static SpaceLock? TryTake(LocalStore store, EmbeddingSpace space, string purpose)
    {
        var folder = store.PathOf(SnapshotKeys.Folder(space));
        Directory.CreateDirectory(folder);
        try
        {
            return new SpaceLock(new FileStream(Path.Combine(folder, $".tmp-{purpose}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
