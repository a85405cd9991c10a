using Stickers.Storage.Hdfs;
using Stickers.Storage.Tests.Conformance;
using Stickers.Storage.Tests.Hdfs.StandIn;

namespace Stickers.Storage.Tests.Hdfs;

/// <summary>Against a stand-in that speaks WebHDFS to the letter of its specification.</summary>
public sealed class HdfsStoreConformance : StoreConformance
{
    private readonly string _cache = Directory.CreateTempSubdirectory("stickers-hdfs-").FullName;
    private WebHdfsCluster _cluster = null!;

    public override async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_cache, recursive: true);
        await base.DisposeAsync();
    }

    protected override async Task<ObjectStore> OpenAsync()
    {
        _cluster = await new WebHdfsCluster().StartAsync();
        return new HdfsStore($"hdfs://{_cluster.NameNodes[0]}/user/stickers", new HdfsSettings { User = "stickers" }, new LocalCache(_cache, 1L << 30));
    }

    protected override Task AssertNoRemainsAsync()
    {
        Assert.DoesNotContain(_cluster.Tree.Files(), path => path.Contains("/.tmp-", StringComparison.Ordinal));
        return Task.CompletedTask;
    }
}
