using Stickers.Tagger.Training;

namespace Stickers.Tagger.Tests.Training;

public sealed class CalibratorFitTests
{
    [Fact]
    public void Platt_KnownDistortion_IsFound()
    {
        var (logits, labels) = Draw(40_000, logit => 1 / (1 + Math.Exp(-((0.5 * logit) - 1))));

        var fitted = new CalibratorFit(logits, labels).Platt();

        // Standard error of the slope at this size is about 0.006.
        Assert.Equal(0.5, fitted.Slope, 0.03);
        Assert.Equal(-1, fitted.Offset, 0.05);
    }

    [Fact]
    public void Isotonic_CurveThatNoScalingHas_IsFoundWherePlattFails()
    {
        static double Truth(double logit) => logit < 0 ? 0.1 : logit < 2 ? 0.3 : 0.9;
        var (logits, labels) = Draw(40_000, Truth);
        var fit = new CalibratorFit(logits, labels);

        var curve = fit.Isotonic();
        var scaling = fit.Platt();

        Assert.True(curve.IsValid);
        double[] places = [-3, -2, -1, 0.5, 1, 1.5, 2.5, 3, 3.5];
        Assert.All(places, at => Assert.Equal(Truth(at), curve.Probability((float)at), 0.05));
        Assert.True(places.Max(at => Math.Abs(Truth(at) - scaling.Probability((float)at))) > 0.15);
    }

    [Fact]
    public void Isotonic_FewPairs_IsLeastSquaresAmongRisingCurves()
    {
        // Pooled by hand: {0}, {1, 0, 0} = 1/3, {1, 0} = 1/2, {1}.
        float[] logits = [1, 2, 3, 4, 5, 6, 7];
        bool[] labels = [false, true, false, false, true, false, true];

        var curve = new CalibratorFit(logits, labels).Isotonic();

        float[] expected = [0, 1 / 3f, 1 / 3f, 1 / 3f, 0.5f, 0.5f, 1];
        Assert.Equal(expected, logits.Select(curve.Probability), (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void Both_NoLabelAtAll_StayFiniteAndLow()
    {
        var fit = new CalibratorFit([-3f, -2f, 1f], [false, false, false]);

        Assert.InRange(fit.Platt().Probability(1f), 0f, 0.5f);
        Assert.Equal(0f, fit.Isotonic().Probability(1f));
    }

    private static (float[] Logits, bool[] Labels) Draw(int count, Func<double, double> truth)
    {
        var random = new Random(4);
        var logits = new float[count];
        var labels = new bool[count];
        for (var i = 0; i < count; i++)
        {
            logits[i] = (float)((random.NextDouble() * 8) - 4);
            labels[i] = random.NextDouble() < truth(logits[i]);
        }

        return (logits, labels);
    }
}
