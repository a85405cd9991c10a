namespace Stickers.Storage.Tests;

/// <summary>A store in a folder of its own that is deleted with the test.</summary>
internal sealed class TemporaryStore : IDisposable
{
    public LocalStore Store { get; } = new(Directory.CreateTempSubdirectory("stickers-storage-").FullName);

    public void Dispose() => Directory.Delete(Store.Root, recursive: true);
}
