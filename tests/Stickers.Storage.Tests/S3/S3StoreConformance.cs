using Stickers.Storage.Tests.Conformance;
using Stickers.Tests.Servers;

namespace Stickers.Storage.Tests.S3;

/// <summary>Against a real server.</summary>
[Collection(SharedGateway.Name)]
public sealed class S3StoreConformance(RadosGateway server) : StoreConformance
{
    private S3World? _world;

    public override ValueTask DisposeAsync()
    {
        _world?.Dispose();
        return base.DisposeAsync();
    }

    protected override async Task<ObjectStore> OpenAsync() => (_world = await S3World.CreateAsync(server)).Open();

    protected override async Task AssertNoRemainsAsync() => Assert.Empty(await _world!.UploadsAsync());
}
