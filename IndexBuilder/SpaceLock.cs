using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>
/// Keeps two processes on one machine from building a space at once in the same scratch folder. It ends with its process, even a killed one.
/// Builds on two machines do not disturb each other: they write the same bytes under the same version.
/// </summary>
internal sealed class SpaceLock : IDisposable
{
    private readonly FileStream _file;

    private SpaceLock(FileStream file) => _file = file;

    /// <summary>Held during a whole build.</summary>
    /// <exception cref="InvalidOperationException">Another process is building.</exception>
    public static SpaceLock Take(ObjectStore store, EmbeddingSpace space)
    {
        try
        {
            return new SpaceLock(new FileStream(store.WorkPath($"{SnapshotKeys.Folder(space)}/build.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e)
        {
            throw new InvalidOperationException($"Another process is building the {space.Name()} index under {store.Root}. Wait until it has finished.", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
