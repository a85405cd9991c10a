using Stickers.Tagger.Models;

namespace Stickers.Tagger.Tests.Models;

public sealed class ThresholdChoiceTests
{
    [Fact]
    public void Accept_CleanSeparation_TakesAllThatIsRight()
    {
        float[] scores = [.. Enumerable.Range(0, 50).Select(i => 0.9f - (i * 0.001f)), .. Enumerable.Range(0, 50).Select(i => 0.2f - (i * 0.001f))];
        bool[] labels = [.. Enumerable.Repeat(true, 50), .. Enumerable.Repeat(false, 50)];

        var threshold = ThresholdChoice.Accept(scores, labels);

        // 50 right and 32 wrong ones would still be 60 %; with the pull of calibration a few fewer.
        Assert.InRange(threshold, 0.16f, 0.2f);
    }

    [Fact]
    public void Accept_HighScoresAllWrong_AcceptsHardlyAny()
    {
        float[] scores = [.. Enumerable.Range(0, 40).Select(i => 0.95f - (i * 0.01f))];

        // (4 * 0.945) / (2 + 4) = 0.63 still reaches 60 %; a third wrong one does not.
        Assert.Equal(0.94f, ThresholdChoice.Accept(scores, new bool[40]), 1e-6f);
    }

    [Fact]
    public void Accept_NoData_TrustsCalibration() => Assert.Equal((float)ThresholdChoice.TargetPrecision, ThresholdChoice.Accept([], []));
}
