using Stickers.Tagger.Models;

namespace Stickers.Tagger.Tests.Models;

public sealed class CalibrationCurveTests
{
    private static readonly CalibrationCurve Curve = new([-2, 0, 0.5f, 3], [0.1f, 0.1f, 0.6f, 0.8f]);

    [Theory]
    [InlineData(-9, 0.1)]
    [InlineData(-2, 0.1)]
    [InlineData(-1, 0.1)]
    [InlineData(0.25, 0.35)]
    [InlineData(0.5, 0.6)]
    [InlineData(1.75, 0.7)]
    [InlineData(3, 0.8)]
    [InlineData(9, 0.8)]
    public void Probability_OfLogit_IsStraightBetweenPointsAndLevelBeyond(float logit, float probability) => Assert.Equal(probability, Curve.Probability(logit), 1e-6f);

    [Fact]
    public void Probability_OfOnePoint_IsLevel() => Assert.Equal(0.3f, new CalibrationCurve([1], [0.3f]).Probability(-5));

    [Theory]
    [InlineData(new float[] { }, new float[] { })]
    [InlineData(new float[] { 1 }, new float[] { 0.1f, 0.2f })]
    [InlineData(new float[] { 1, 0 }, new float[] { 0.1f, 0.2f })]
    [InlineData(new float[] { 0, 1 }, new float[] { 0.2f, 0.1f })]
    [InlineData(new float[] { 0, 1 }, new float[] { 0.2f, 1.1f })]
    [InlineData(new float[] { 0, float.NaN }, new float[] { 0.2f, 0.3f })]
    public void IsValid_PointsThatDoNotRise_IsFalse(float[] logits, float[] probabilities) => Assert.False(new CalibrationCurve(logits, probabilities).IsValid);

    [Fact]
    public void ThresholdsFile_LevelStretch_KeepsTheOrderOfLogits()
    {
        var file = new ThresholdsFile(ModelFiles.FormatVersion, PlattScaling.Identity, [0.5f], 0.1f) { Curve = Curve, Tags = [PlattScaling.Identity] };

        var probabilities = Enumerable.Range(-100, 200).Select(i => file.Probability(0, i * 0.05f)).ToArray();

        Assert.Equal(probabilities.Order(), probabilities);
        Assert.Equal(probabilities.Length, probabilities.Distinct().Count());
        Assert.Equal((0.99f * 0.35f) + (0.01f * PlattScaling.Identity.Probability(0.25f)), file.Probability(0, 0.25f), 1e-5f);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void ThresholdsFile_AllTagsAtOnce_AreWhatEachIsAlone(bool curve, bool tags)
    {
        var logits = Enumerable.Range(0, 240).Select(i => (i - 120) * 0.3f).ToArray();
        var file = new ThresholdsFile(ModelFiles.FormatVersion, new PlattScaling(0.8, -0.3), [.. logits.Select(_ => 0.5f)], 0.1f)
        {
            Curve = curve ? Curve : null,
            Tags = tags ? [.. logits.Select((_, tag) => new PlattScaling(0.5 + (tag * 0.01), 0.2 - (tag * 0.003)))] : null,
        };
        var probabilities = new float[logits.Length];

        file.Probabilities(logits, probabilities);

        for (var tag = 0; tag < logits.Length; tag++) Assert.Equal(file.Probability(tag, logits[tag]), probabilities[tag], 1e-6f);
    }
}
