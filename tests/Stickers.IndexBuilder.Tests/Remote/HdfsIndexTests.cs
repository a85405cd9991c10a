using Stickers.Storage.Tests.Hdfs.StandIn;

namespace Stickers.IndexBuilder.Tests.Remote;

/// <summary>On the stand-in that speaks WebHDFS to the letter of its specification; no Hadoop was at hand.</summary>
public sealed class HdfsIndexTests : RemoteIndexTests
{
    private WebHdfsCluster _cluster = null!;

    public override async ValueTask InitializeAsync() => _cluster = await new WebHdfsCluster { Active = 0 }.StartAsync();

    public override async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override Task<string> RootAsync() => Task.FromResult($"hdfs://{_cluster.NameNodes[0]}/user/stickers");
}
