using Stickers.Tagger.Models;

namespace Stickers.Tagger.Tests.Models;

public sealed class ThresholdChoiceTests
{
    [Fact]
    public void Accept_CleanSeparation_TakesAllThatIsRight()
    {
        float[] scores = [.. Enumerable.Range(0, 50).Select(i => 0.9f - (i * 0.001f)), .. Enumerable.Range(0, 50).Select(i => 0.2f - (i * 0.001f))];
        bool[] labels = [.. Enumerable.Repeat(true, 50), .. Enumerable.Repeat(false, 50)];

        // The wrong ones lie below the floor.
        Assert.Equal(0.851f, ThresholdChoice.Accept(scores, labels), 1e-5f);
    }

    [Fact]
    public void Accept_TagRightEvenAtLowScores_StopsAtTheFloor()
    {
        float[] scores = [.. Enumerable.Range(1, 90).Select(i => i * 0.01f)];

        Assert.Equal(ThresholdChoice.Floor, ThresholdChoice.Accept(scores, [.. Enumerable.Repeat(true, 90)]), 1e-5f);
    }

    [Fact]
    public void Accept_WrongAtTheTop_AcceptsOnlySurerOnes() =>
        Assert.True(ThresholdChoice.Accept([0.55f, 0.56f, 0.57f], [false, false, false]) > 0.57f);

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
