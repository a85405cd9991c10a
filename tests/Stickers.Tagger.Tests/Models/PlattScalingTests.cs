using Stickers.Tagger.Models;

namespace Stickers.Tagger.Tests.Models;

public sealed class PlattScalingTests
{
    [Fact]
    public void Fit_KnownDistortion_IsFound()
    {
        var random = new Random(4);
        var logits = new float[40_000];
        var labels = new bool[logits.Length];
        for (var i = 0; i < logits.Length; i++)
        {
            logits[i] = (float)((random.NextDouble() * 8) - 4);
            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-((0.5 * logits[i]) - 1)));
        }

        var fitted = PlattScaling.Fit(logits, labels);

        // Standard error of the slope at this size is about 0.006.
        Assert.Equal(0.5, fitted.Slope, 0.03);
        Assert.Equal(-1, fitted.Offset, 0.05);
    }

    [Fact]
    public void Fit_NoPositiveAtAll_LowersButStaysFinite()
    {
        var fitted = PlattScaling.Fit([-3f, -2f, 1f], [false, false, false]);

        Assert.InRange(fitted.Probability(1f), 0.01f, PlattScaling.Identity.Probability(1f) - 0.1f);
    }

    [Fact]
    public void Fit_DifferentLengths_Throws() => Assert.Throws<ArgumentException>(() => PlattScaling.Fit([1f], []));

    [Fact]
    public void FitTag_FewStickers_StaysNearAllTags()
    {
        var all = new PlattScaling(0.5, -1);

        var few = PlattScaling.FitTag([2f, 3f], [false, false], all);
        var many = PlattScaling.FitTag([.. Enumerable.Repeat(3f, 2000)], [.. Enumerable.Range(0, 2000).Select(i => i % 10 == 0)], all);

        Assert.InRange(few.Probability(3), 0.4f, all.Probability(3));
        Assert.Equal(0.1f, many.Probability(3), 0.02f);
    }
}
