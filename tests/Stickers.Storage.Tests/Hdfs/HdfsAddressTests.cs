using Stickers.Storage.Hdfs;

namespace Stickers.Storage.Tests.Hdfs;

public sealed class HdfsAddressTests
{
    [Theory]
    [InlineData("hdfs://nn/data", "http://nn:9870/", "/data", "hdfs://nn/data")]
    [InlineData("hdfs://nn:50070", "http://nn:50070/", "", "hdfs://nn:50070")]
    [InlineData("webhdfs://nn1:9870,nn2:9871/a/b/", "http://nn1:9870/ http://nn2:9871/", "/a/b", "webhdfs://nn1:9870,nn2:9871/a/b")]
    [InlineData("swebhdfs://nn/a", "https://nn:9871/", "/a", "swebhdfs://nn/a")]
    [InlineData("hdfs://[::1]:9870/a", "http://[::1]:9870/", "/a", "hdfs://[::1]:9870/a")]
    [InlineData("hdfs://[::1]/a", "http://[::1]:9870/", "/a", "hdfs://[::1]/a")]
    public void Parse_Address_HasNameNodesAndFolder(string root, string nodes, string folder, string shown)
    {
        var address = HdfsAddress.Parse(root);

        Assert.Equal(nodes, string.Join(' ', address.NameNodes));
        Assert.Equal((folder, shown), (address.Folder, address.Root));
        Assert.Equal($"{folder}/x/y", address.PathOf("x/y"));
        Assert.Null(ObjectStore.FaultOf(root));
    }

    [Theory]
    [InlineData("hdfs://")]
    [InlineData("hdfs:///data")]
    [InlineData("hdfs://nn:port/data")]
    [InlineData("hdfs://nn,/data")]
    [InlineData("hdfs://nn/a/../b")]
    [InlineData("hdfs://user:secret@nn/data")]
    public void Parse_NoAddress_IsAFaultThatTellsNoSecret(string root)
    {
        var fault = ObjectStore.FaultOf(root);

        Assert.NotNull(fault);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ObjectStore.Open(root));
    }
}
