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
        Assert.Equal(0.851f, Accept(scores, labels, 0.9), 1e-5f);
    }

    [Fact]
    public void Accept_TagRightEvenAtLowScores_StopsAtTheFloor()
    {
        float[] scores = [.. Enumerable.Range(1, 90).Select(i => i / 100f)];

        Assert.Equal(ThresholdChoice.Floor, Accept(scores, [.. Enumerable.Repeat(true, 90)], 0.9), 1e-5f);
    }

    [Theory]
    [InlineData(3, false)] // Wilson's lower bound of 3 in 3 is 0.44, of 4 in 4 it is 0.51.
    [InlineData(4, true)]
    public void Accept_FewStickersAllRight_AsksForEnoughOfThem(int count, bool accepted)
    {
        float[] scores = [.. Enumerable.Range(0, count).Select(i => 0.9f - (i * 0.01f))];

        Assert.Equal(accepted, Accept(scores, [.. Enumerable.Repeat(true, count)], 0.9) <= 1);
    }

    [Theory]
    [InlineData(0.9, 17)] // Right are 9 of the first 9, 16 of 17, 16 of 18, 17 of 20.
    [InlineData(0.85, 20)]
    [InlineData(0.95, 9)]
    public void Accept_PrecisionFallsWithTheScore_TakesAsManyAsTheTargetAllows(double target, int taken)
    {
        float[] scores = [.. Enumerable.Range(0, 20).Select(i => 0.95f - (i * 0.01f))];
        bool[] labels = [.. Enumerable.Range(0, 20).Select(i => i is not (9 or 17 or 19))];

        Assert.Equal(scores[taken - 1], Accept(scores, labels, target), 1e-6f);
    }

    [Fact]
    public void Accept_EqualScores_AreTakenOrLeftTogether()
    {
        float[] scores = [.. Enumerable.Repeat(0.8f, 10)];

        Assert.Equal(ThresholdChoice.Never, Accept(scores, [.. Enumerable.Range(0, 10).Select(i => i < 8)], 0.9));
        Assert.Equal(0.8f, Accept(scores, [.. Enumerable.Range(0, 10).Select(i => i < 9)], 0.9));
    }

    [Fact]
    public void Accept_AllWrongOrNothingKnown_NeverAccepts()
    {
        Assert.Equal(ThresholdChoice.Never, Accept([0.55f, 0.56f, 0.57f], [false, false, false], 0.9));
        Assert.Equal(ThresholdChoice.Never, Accept([], [], 0.9));
    }

    [Theory]
    [InlineData(3, 5, false)] // fifteen stickers, three proofs: the lower bound is 0.44
    [InlineData(4, 5, true)]
    [InlineData(4, 1, true)]
    public void Accept_OneMeaningInSeveralStyles_IsOneProof(int meanings, int styles, bool accepted)
    {
        var count = meanings * styles;
        float[] scores = [.. Enumerable.Range(0, count).Select(i => 0.95f - (i * 0.01f))];

        var threshold = ThresholdChoice.Accept(scores, [.. Enumerable.Repeat(true, count)], [.. Enumerable.Range(0, count).Select(i => i % meanings)], new int[count], 0.9);

        Assert.Equal(accepted, threshold <= 1);
    }

    [Fact]
    public void Accept_RightForStickersButNotForMeanings_StopsBeforeTheWrongMeaning()
    {
        // Five meanings of twenty right stickers, then one wrong meaning of one sticker: 0.95 of the stickers, but 0.83 of the meanings.
        float[] scores = [.. Enumerable.Range(0, 21).Select(i => 0.9f - (i * 0.01f))];
        bool[] labels = [.. Enumerable.Range(0, 21).Select(i => i < 20)];
        int[] meanings = [.. Enumerable.Range(0, 21).Select(i => i < 20 ? i / 4 : 5)];

        Assert.Equal(scores[19], ThresholdChoice.Accept(scores, labels, meanings, new int[21], 0.9), 1e-6f);
        Assert.Equal(scores[20], Accept(scores, labels, 0.9), 1e-6f);
    }

    [Fact]
    public void Accept_NetworkRightAboutWholeMeanings_KeepsItsPromiseOnOthers()
    {
        // A world made for this: every meaning is drawn in five styles, the network is right or wrong about all five, each tag is right about its own share of meanings.
        const double Target = 0.9;
        const int Styles = 5;
        var random = new Random(11);
        var (meant, took, meantByStickers, tookByStickers) = (0.0, 0, 0.0, 0);
        for (var tag = 0; tag < 400; tag++)
        {
            var share = 0.4 + (0.6 * random.NextDouble());
            var count = random.Next(2, 12);
            List<float> scores = [];
            List<bool> labels = [];
            List<int> meanings = [];
            for (var meaning = 0; meaning < count; meaning++)
            {
                var right = random.NextDouble() < share;
                for (var style = 0; style < Styles; style++)
                {
                    scores.Add(0.5f + (0.5f * random.NextSingle()));
                    labels.Add(right);
                    meanings.Add(meaning);
                }
            }

            if (ThresholdChoice.Accept([.. scores], [.. labels], [.. meanings], new int[scores.Count], Target) <= 1) (meant, took) = (meant + share, took + 1);
            if (Accept([.. scores], [.. labels], Target) <= 1) (meantByStickers, tookByStickers) = (meantByStickers + share, tookByStickers + 1);
        }

        // Each style taken for a proof lets in tags that are right about two meanings and then fail.
        Assert.True(took >= 20, $"{took} tags accepted");
        Assert.True(meant / took > meantByStickers / tookByStickers, $"precision on other meanings {meant / took:F3} by meanings, {meantByStickers / tookByStickers:F3} by stickers");
        Assert.True(meant / took >= 0.8, $"precision on other meanings {meant / took:F3} of {took} tags; by stickers {meantByStickers / tookByStickers:F3} of {tookByStickers}");
    }

    [Theory]
    [InlineData(9, true)] // the tenth creator is wrong: the mean of creators is 0.9
    [InlineData(8, false)] // the ninth is: 0.89
    public void Accept_OneCreatorRightTwentyTimes_CountsAsMuchAsEachOther(int rightCreators, bool together)
    {
        // The first creator has twenty right stickers, the others one each, the last of them a wrong one.
        var count = 20 + rightCreators;
        float[] scores = [.. Enumerable.Range(0, count).Select(i => 0.95f - (i * 0.01f))];
        bool[] labels = [.. Enumerable.Range(0, count).Select(i => i < count - 1)];
        int[] creators = [.. Enumerable.Range(0, count).Select(i => Math.Max(0, i - 19))];

        var threshold = ThresholdChoice.Accept(scores, labels, [.. Enumerable.Range(0, count)], creators, 0.9);

        Assert.Equal(scores[together ? count - 1 : count - 2], threshold, 1e-6f);
    }

    [Fact]
    public void Accept_CreatorsOfDifferentHabits_KeepsItsPromiseOnOtherCreators()
    {
        // A world made for this: one creator drew most of what a tag has, and a creator's stickers are right or wrong together.
        const double Target = 0.9;
        var random = new Random(5);
        var (meant, took, meantByStickers, tookByStickers) = (0.0, 0, 0.0, 0);
        for (var tag = 0; tag < 400; tag++)
        {
            var share = 0.4 + (0.6 * random.NextDouble());
            List<float> scores = [];
            List<bool> labels = [];
            List<int> creators = [];
            for (var creator = 0; creator < 12; creator++)
            {
                var right = random.NextDouble() < share;
                for (var sticker = 0; sticker < (creator == 0 ? 40 : 1); sticker++)
                {
                    scores.Add(0.8f);
                    labels.Add(right);
                    creators.Add(creator);
                }
            }

            int[] own = [.. Enumerable.Range(0, scores.Count)];
            if (ThresholdChoice.Accept([.. scores], [.. labels], own, [.. creators], Target) <= 1) (meant, took) = (meant + share, took + 1);
            if (ThresholdChoice.Accept([.. scores], [.. labels], own, new int[scores.Count], Target) <= 1) (meantByStickers, tookByStickers) = (meantByStickers + share, tookByStickers + 1);
        }

        Assert.True(took >= 20, $"{took} tags accepted");
        Assert.True(meant / took > (meantByStickers / tookByStickers) + 0.05, $"precision on other creators {meant / took:F3} of {took} by creators, {meantByStickers / tookByStickers:F3} of {tookByStickers} by stickers");
        Assert.True(meant / took >= 0.85, $"precision on other creators {meant / took:F3}");
    }

    [Fact]
    public void Accept_OtherNumberOfLabelsMeaningsOrCreators_Throws()
    {
        Assert.Throws<ArgumentException>(() => ThresholdChoice.Accept([0.9f], [], [0], [0], 0.9));
        Assert.Throws<ArgumentException>(() => ThresholdChoice.Accept([0.9f], [true], [], [0], 0.9));
        Assert.Throws<ArgumentException>(() => ThresholdChoice.Accept([0.9f], [true], [0], [], 0.9));
    }

    /// <summary>Each sticker means something else; all are of one creator.</summary>
    private static float Accept(float[] scores, bool[] labels, double targetPrecision) =>
        ThresholdChoice.Accept(scores, labels, [.. Enumerable.Range(0, scores.Length)], new int[scores.Length], targetPrecision);
}
