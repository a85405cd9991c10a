using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Tests.Evaluating;

public sealed class ReliabilityTests
{
    [Fact]
    public void Measure_FivePairs_IsTheHandComputedValue()
    {
        var reliability = Reliability.Measure([0f, 0.04f, 0.75f, 0.71f, 1f], [false, true, true, false, true]);

        Assert.Equal((2L, 1L), (reliability.Bins[0].Count, reliability.Bins[0].Labelled));
        Assert.Equal(0.02, reliability.Bins[0].MeanScore!.Value, 6);
        Assert.Null(reliability.Bins[3].MeanScore);
        Assert.Equal((2L, 1L), (reliability.Bins[7].Count, reliability.Bins[7].Labelled));
        Assert.Equal((1L, 1L), (reliability.Bins[9].Count, reliability.Bins[9].Labelled));
        // |0.04 - 1| + |1.46 - 1| + |1 - 1| over five pairs.
        Assert.Equal((0.96 + 0.46 + 0) / 5, reliability.ExpectedCalibrationError, 6);
    }

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(1.1f)]
    [InlineData(float.NaN)]
    public void Measure_NoProbability_Throws(float score) => Assert.Throws<ArgumentException>(() => Reliability.Measure([score], [true]));
}
