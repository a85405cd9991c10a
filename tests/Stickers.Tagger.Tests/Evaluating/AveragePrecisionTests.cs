using CsCheck;
using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Tests.Evaluating;

public sealed class AveragePrecisionTests
{
    [Theory]
    // By hand: positives at ranks 1, 3, 4 of 5: (1/1 + 2/3 + 3/4) / 3.
    [InlineData(new[] { 0.9f, 0.8f, 0.7f, 0.6f, 0.5f }, new[] { true, false, true, true, false }, (1 + 2.0 / 3 + 3.0 / 4) / 3)]
    // Perfect and worst orders of two positives in four.
    [InlineData(new[] { 4f, 3f, 2f, 1f }, new[] { true, true, false, false }, 1.0)]
    [InlineData(new[] { 1f, 2f, 3f, 4f }, new[] { true, true, false, false }, (1.0 / 3 + 2.0 / 4) / 2)]
    // A tie of one positive and one negative at the top counts as one threshold: precision 1/2.
    [InlineData(new[] { 1f, 1f, 0f }, new[] { true, false, false }, 0.5)]
    [InlineData(new[] { 1f, 1f, 0f }, new[] { false, true, false }, 0.5)]
    // The example of scikit-learn's documentation: 0.83.
    [InlineData(new[] { 0.1f, 0.4f, 0.35f, 0.8f }, new[] { false, false, true, true }, 5.0 / 6)]
    public void Of_RankedItems_IsTheHandComputedValue(float[] scores, bool[] truth, double expected)
        => Assert.Equal(expected, AveragePrecision.Of(scores, truth)!.Value, 12);

    [Fact]
    public void Of_ConstantScore_IsTheShareOfPositives()
        => Assert.Equal(0.25, AveragePrecision.Of([3f, 3f, 3f, 3f, 3f, 3f, 3f, 3f], [true, false, false, false, true, false, false, false])!.Value, 12);

    [Fact]
    public void Of_NoPositive_IsNull()
    {
        Assert.Null(AveragePrecision.Of([0.5f, 0.2f], [false, false]));
        Assert.Null(AveragePrecision.Of([], []));
    }

    [Fact]
    public void Of_NaN_Throws() => Assert.Throws<ArgumentException>(() => AveragePrecision.Of([0.5f, float.NaN], [true, false]));

    [Fact]
    public void Of_LengthsDiffer_Throws() => Assert.Throws<ArgumentException>(() => AveragePrecision.Of([0.5f], [true, false]));

    [Fact]
    public void Of_RandomRankings_AgreesWithTheNaiveDefinition()
        => RankedItems.Sample(items =>
        {
            var (scores, truth) = Split(items);
            var actual = AveragePrecision.Of(scores, truth);
            var expected = Naive(scores, truth);
            Assert.Equal(expected is null, actual is null);
            if (expected is { } value)
                Assert.Equal(value, actual!.Value, 10);
        });

    [Fact]
    public void Of_ItemsShuffled_StaysTheSame()
        => Gen.Select(RankedItems, Gen.Int).Sample((items, seed) =>
        {
            var shuffled = items.ToArray();
            new Random(seed).Shuffle(shuffled);
            var (scores, truth) = Split(items);
            var (otherScores, otherTruth) = Split(shuffled);
            Assert.Equal(AveragePrecision.Of(scores, truth), AveragePrecision.Of(otherScores, otherTruth));
        });

    [Fact]
    public void Interpolate_RandomRankings_IsTheBestPrecisionAtThatRecallOrBeyond()
        => RankedItems.Sample(items =>
        {
            var (scores, truth) = Split(items);
            var curve = PrecisionRecallCurve.Interpolate(PrecisionRecallCurve.Of(scores, truth));
            var positives = truth.Count(isPositive => isPositive);
            for (var step = 0; step < curve.Length; step++)
            {
                var expected = 0.0;
                foreach (var threshold in scores)
                {
                    var taken = Enumerable.Range(0, scores.Length).Where(i => scores[i] >= threshold).ToArray();
                    var hits = taken.Count(i => truth[i]);
                    if (positives > 0 && hits * 100 >= step * positives)
                        expected = Math.Max(expected, (double)hits / taken.Length);
                }
                Assert.Equal(positives == 0 ? 0 : expected, curve[step], 12);
            }
        }, iter: 50);

    // Few distinct scores, so that ties abound.
    private static Gen<(int Score, bool Positive)[]> RankedItems => Gen.Select(Gen.Int[0, 8], Gen.Bool).Array[0, 40];

    private static (float[] Scores, bool[] Truth) Split((int Score, bool Positive)[] items)
        => (items.Select(item => item.Score / 8f).ToArray(), items.Select(item => item.Positive).ToArray());

    /// <summary>Sum over distinct thresholds of (R - R before) x P, each counted from scratch.</summary>
    private static double? Naive(float[] scores, bool[] truth)
    {
        var positives = truth.Count(isPositive => isPositive);
        if (positives == 0)
            return null;
        double sum = 0, recallBefore = 0;
        foreach (var threshold in scores.Distinct().OrderDescending())
        {
            var taken = Enumerable.Range(0, scores.Length).Where(i => scores[i] >= threshold).ToArray();
            var hits = taken.Count(i => truth[i]);
            var recall = (double)hits / positives;
            sum += (recall - recallBefore) * hits / taken.Length;
            recallBefore = recall;
        }
        return sum;
    }
}
