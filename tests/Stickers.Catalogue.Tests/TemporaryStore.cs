using Stickers.Storage;

namespace Stickers.Catalogue.Tests;

/// <summary>A store in a folder of its own that is deleted with the test.</summary>
internal sealed class TemporaryStore : IDisposable
{
    public LocalStore Store { get; } = new(Directory.CreateTempSubdirectory("stickers-catalogue-").FullName);

    public void Dispose() => Directory.Delete(Store.Root, recursive: true);
}
