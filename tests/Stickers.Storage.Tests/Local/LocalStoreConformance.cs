using Stickers.Storage.Tests.Conformance;

namespace Stickers.Storage.Tests.Local;

public sealed class LocalStoreConformance : StoreConformance
{
    private readonly TemporaryStore _temporary = new();

    public override ValueTask DisposeAsync()
    {
        _temporary.Dispose();
        return base.DisposeAsync();
    }

    protected override Task<ObjectStore> OpenAsync() => Task.FromResult<ObjectStore>(_temporary.Store);

    protected override Task AssertNoRemainsAsync()
    {
        Assert.Empty(Directory.GetFileSystemEntries(_temporary.Store.Root, ".tmp-*", SearchOption.AllDirectories));
        return Task.CompletedTask;
    }
}
