using Stickers.Cli.Launch;

namespace Stickers.Cli.Tests.Launch;

public sealed class NodeRequestTests
{
    [Theory]
    [InlineData("nodes=2,cpus=8,memory=16Gi,gpus=1", 2, 8, 16384L, 1)]
    [InlineData("gpus=4", 1, null, null, 4)]
    [InlineData("memory=512Mi", 1, null, 512L, 0)]
    [InlineData("memory=2Ti,nodes=100", 100, null, 2097152L, 0)]
    public void Parse_GoodText_GivesItsNumbers(string text, int nodes, int? cpus, long? memory, int gpus)
    {
        Assert.Null(NodeRequest.Parse(text, out var request));
        Assert.Equal(new NodeRequest(nodes, cpus, memory, gpus), request);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nodes")]
    [InlineData("nodes=0")]
    [InlineData("nodes=-1")]
    [InlineData("cpus=1.5")]
    [InlineData("cpus=2,cpus=3")]
    [InlineData("memory=16")]
    [InlineData("memory=16GB")]
    [InlineData("memory=Gi")]
    [InlineData("disk=1")]
    [InlineData("nodes=2,,cpus=1")]
    public void Parse_BadText_SaysWhatIsWrong(string text) => Assert.NotNull(NodeRequest.Parse(text, out _));

    [Fact]
    public void StageLayout_WithoutResources_TakesACoreAndFourGibibytesForEachRank()
    {
        var stage = new StageLayout("main", 6, new NodeRequest(2, null, null, 0));
        Assert.Equal((3, 3, 12288L), (stage.RanksPerNode, stage.Cpus, stage.MemoryMiB));
        Assert.Null(stage.Fault);
        Assert.Contains("6 ranks of main", new StageLayout("main", 6, new NodeRequest(4, null, null, 0)).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void NameOf_EveryRank_IsItsStageAndNumber() => Assert.Equal(
        ["preprocess 0", "preprocess 1", "main 0", "rank 3"],
        Enumerable.Range(0, 4).Select(Plans.Shell("").NameOf));
}
