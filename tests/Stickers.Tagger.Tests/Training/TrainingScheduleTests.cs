using Stickers.Tagger.Training;

namespace Stickers.Tagger.Tests.Training;

public sealed class TrainingScheduleTests
{
    [Theory]
    [InlineData(0, 0.01)]
    [InlineData(0.025, 0.505)]
    [InlineData(0.05, 1)]
    [InlineData(0.525, 0.5)]
    [InlineData(1, 0)]
    [InlineData(1.2, 0)]
    public void Rate_AtProgress_IsShareOfPeak(double progress, double share) =>
        Assert.Equal(share * 0.008, TrainingSchedule.Rate(progress, 0.008), 1e-9);

    [Theory]
    [InlineData(0, 64, 32)]
    [InlineData(0.5, 64, 48)]
    [InlineData(0.7, 64, 64)]
    [InlineData(0, 96, 48)]
    [InlineData(0.5, 96, 64)]
    [InlineData(0, 32, 32)]
    public void InputSide_AtProgress_GrowsToFull(double progress, int full, int side) =>
        Assert.Equal(side, TrainingSchedule.InputSide(progress, full));
}
