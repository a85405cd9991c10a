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
        Assert.Equal(0.851f, ThresholdChoice.Accept(scores, labels, 0.9), 1e-5f);
    }

    [Fact]
    public void Accept_TagRightEvenAtLowScores_StopsAtTheFloor()
    {
        float[] scores = [.. Enumerable.Range(1, 90).Select(i => i * 0.01f)];

        Assert.Equal(ThresholdChoice.Floor, ThresholdChoice.Accept(scores, [.. Enumerable.Repeat(true, 90)], 0.9), 1e-5f);
    }

    [Theory]
    [InlineData(3, false)] // Wilson's lower bound of 3 in 3 is 0.44, of 4 in 4 it is 0.51.
    [InlineData(4, true)]
    public void Accept_FewStickersAllRight_AsksForEnoughOfThem(int count, bool accepted)
    {
        float[] scores = [.. Enumerable.Range(0, count).Select(i => 0.9f - (i * 0.01f))];

        Assert.Equal(accepted, ThresholdChoice.Accept(scores, [.. Enumerable.Repeat(true, count)], 0.9) <= 1);
    }

    [Theory]
    [InlineData(0.9, 17)] // Right are 9 of the first 9, 16 of 17, 16 of 18, 17 of 20.
    [InlineData(0.85, 20)]
    [InlineData(0.95, 9)]
    public void Accept_PrecisionFallsWithTheScore_TakesAsManyAsTheTargetAllows(double target, int taken)
    {
        float[] scores = [.. Enumerable.Range(0, 20).Select(i => 0.95f - (i * 0.01f))];
        bool[] labels = [.. Enumerable.Range(0, 20).Select(i => i is not (9 or 17 or 19))];

        Assert.Equal(scores[taken - 1], ThresholdChoice.Accept(scores, labels, target), 1e-6f);
    }

    [Fact]
    public void Accept_EqualScores_AreTakenOrLeftTogether()
    {
        float[] scores = [.. Enumerable.Repeat(0.8f, 10)];

        Assert.Equal(ThresholdChoice.Never, ThresholdChoice.Accept(scores, [.. Enumerable.Range(0, 10).Select(i => i < 8)], 0.9));
        Assert.Equal(0.8f, ThresholdChoice.Accept(scores, [.. Enumerable.Range(0, 10).Select(i => i < 9)], 0.9));
    }

    [Fact]
    public void Accept_AllWrongOrNothingKnown_NeverAccepts()
    {
        Assert.Equal(ThresholdChoice.Never, ThresholdChoice.Accept([0.55f, 0.56f, 0.57f], [false, false, false], 0.9));
        Assert.Equal(ThresholdChoice.Never, ThresholdChoice.Accept([], [], 0.9));
    }
}
