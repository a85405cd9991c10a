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

    [Theory]
    [InlineData(16_062, 64)]
    [InlineData(100, 96)]
    [InlineData(7, 32)]
    public void Progress_OfSteps_IsTheirShareOfTheCost(int steps, int full)
    {
        // Independently: walk through all steps by what each costs.
        double Cost(double progress) => Math.Pow(TrainingSchedule.InputSide(progress, full), 2) + 3400;
        double last = 0, sum = 0;
        List<double> costs = [];
        for (var step = 0; step < steps; step++)
        {
            var progress = TrainingSchedule.Progress(step, steps, full);
            Assert.InRange(progress, last, 1);
            costs.Add(Cost(last = progress));
        }

        var total = costs.Sum();
        for (var step = 0; step < steps; sum += costs[step++])
            Assert.Equal(sum / total, TrainingSchedule.Progress(step, steps, full), 3.0 / steps);
        Assert.Equal(1, TrainingSchedule.Progress(steps, steps, full), 1e-9);
    }

    [Fact]
    public void Progress_OfMoreThanAllSteps_IsOne() => Assert.Equal(1, TrainingSchedule.Progress(11, 10, 64));
}
