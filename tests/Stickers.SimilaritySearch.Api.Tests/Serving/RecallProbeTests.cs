using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Tests.Serving;

public sealed class RecallProbeTests
{
    [Theory]
    [InlineData(0.01, 10)]
    [InlineData(0.5, 49.5)]
    [InlineData(60, 5940)]
    public void PauseAfter_Work_LeavesItAHundredthOfACoreAtMost(double work, double pause) =>
        Assert.Equal(pause, new RecallProbe(share: 1, TimeSpan.FromSeconds(10)).PauseAfter(TimeSpan.FromSeconds(work)).TotalSeconds, 6);
}
