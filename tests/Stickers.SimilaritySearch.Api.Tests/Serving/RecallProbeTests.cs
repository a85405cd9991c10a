using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Tests.Serving;

public sealed class RecallProbeTests
{
    [Theory]
    [InlineData(0.0005, 0.0495)]
    [InlineData(0.5, 49.5)]
    public void PauseAfter_Work_LeavesItAHundredthOfACoreAtMost(double work, double pause) =>
        Assert.Equal(pause, RecallProbe.PauseAfter(TimeSpan.FromSeconds(work)).TotalSeconds, 6);
}
