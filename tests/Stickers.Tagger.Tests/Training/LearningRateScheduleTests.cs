using Stickers.Tagger.Training;

namespace Stickers.Tagger.Tests.Training;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(0, 0.01)]
    [InlineData(0.025, 0.505)]
    [InlineData(0.05, 1)]
    [InlineData(0.525, 0.5)]
    [InlineData(1, 0)]
    [InlineData(1.2, 0)]
    public void Rate_AtProgress_IsShareOfPeak(double progress, double share) =>
        Assert.Equal(share * 0.008, LearningRateSchedule.Rate(progress, 0.008), 1e-9);
}
