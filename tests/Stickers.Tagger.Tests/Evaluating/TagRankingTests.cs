using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Tests.Evaluating;

public sealed class TagRankingTests
{
    // Four stickers, three tags; the third tag has no sticker.
    private static readonly TagTable Truth = new([[0], [0, 1], [], [0, 0]], 3);

    private static readonly float[] Scores =
    [
        0.9f, 0.1f, 0.3f,
        0.2f, 0.8f, 0.1f,
        0.7f, 0.5f, 0.2f,
        0.6f, 0.4f, 0.9f,
    ];

    [Fact]
    public void Measure_SmallTable_IsTheHandComputedValue()
    {
        var ranking = TagRanking.Measure(Truth, Scores, 1);

        // Tag 0: order 0, 2, 3, 1 = hit, miss, hit, hit.
        Assert.Equal((1 + 2.0 / 3 + 3.0 / 4) / 3, ranking.AveragePrecisions[0]!.Value, 12);
        Assert.Equal(1, ranking.AveragePrecisions[1]!.Value, 12);
        Assert.Null(ranking.AveragePrecisions[2]);
        // All 12 pairs: 0.9 (one hit of two), 0.8 hit, 0.7, 0.6 hit, 0.5, 0.4, 0.3, 0.2 (one hit of two), 0.1.
        Assert.Equal((1.0 / 2 + 2.0 / 3 + 3.0 / 5 + 4.0 / 10) / 4, ranking.MicroAveragePrecision!.Value, 12);
    }

    [Fact]
    public void MeanOver_MinPositives_LeavesRareTagsOut()
    {
        var ranking = TagRanking.Measure(Truth, Scores, 1);
        var tag0 = ranking.AveragePrecisions[0]!.Value;

        Assert.Equal((tag0 + 1) / 2, ranking.MeanOver(Truth, 1).Mean!.Value, 12);
        Assert.Equal((tag0, 1), (ranking.MeanOver(Truth, 3).Mean!.Value, ranking.MeanOver(Truth, 3).Tags));
        Assert.Equal((null, 0), ranking.MeanOver(Truth, 4));
    }

    [Fact]
    public void TagTable_DoubleLabel_CountsOnce()
    {
        Assert.Equal(3, Truth.Positives(0));
        Assert.Equal([true, true, false, true], Truth.Column(0));
    }

    [Fact]
    public void TagTable_TagOutsideTheVocabulary_Throws()
        => Assert.Contains("Sticker 1 has tag 2", Assert.Throws<ArgumentOutOfRangeException>(() => new TagTable([[0], [2]], 2)).Message, StringComparison.Ordinal);
}
