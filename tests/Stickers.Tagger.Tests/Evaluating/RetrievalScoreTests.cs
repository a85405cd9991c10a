using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Tests.Evaluating;

public sealed class RetrievalScoreTests
{
    [Fact]
    public void Measure_ThreeQueries_IsTheHandComputedValue()
    {
        // Found 2 of 4, found 1 of 1, and a query with nothing relevant, which does not count.
        bool[][] answers = [[true, false, true], [false, true], [false, false, false]];

        var score = RetrievalScore.Measure(answers, [4, 1, 0], 3)!;

        Assert.Equal(2, score.Queries);
        Assert.Equal((2.0 / 3 + 1.0 / 3) / 2, score.Precision, 12);
        Assert.Equal((3.0 / 3 + 1.0 / 3) / 2, score.AchievablePrecision, 12);
        Assert.Equal((2.0 / 3 + 1.0 / 1) / 2, score.NormalizedPrecision, 12);
        Assert.Equal((2.0 / 4 + 1.0 / 1) / 2, score.Recall, 12);
    }

    [Fact]
    public void Measure_NothingRelevantAnywhere_IsNull() => Assert.Null(RetrievalScore.Measure([[false]], [0], 1));

    [Fact]
    public void Measure_MoreFoundThanExist_Throws() => Assert.Throws<ArgumentException>(() => RetrievalScore.Measure([[true, true]], [1], 2));
}
