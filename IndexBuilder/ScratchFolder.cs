using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>
/// Where a build writes files by path before they become objects: on local disk, under a name that no read of the store sees. What a killed
/// build left there is removed by the next one.
/// </summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly string _path;

    /// <summary>Needs the space's building lock.</summary>
    public ScratchFolder(ObjectStore store, EmbeddingSpace space)
    {
        _path = store.WorkPath($"{SnapshotKeys.Folder(space)}/build");
        Dispose();
        Directory.CreateDirectory(_path);
    }

    public string File(string name) => Path.Combine(_path, name);

    public void Dispose()
    {
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
    }
}
