namespace Stickers.Tagger.Models;

/// <summary>Probability = 1 / (1 + exp(-(Slope * logit + Offset))), fitted on stickers that were not learned from (Platt 1999).</summary>
/// <param name="Slope">Below 1 for an overconfident network.</param>
/// <param name="Offset">Shifts all probabilities.</param>
public sealed record PlattScaling(double Slope, double Offset)
{
    /// <summary>Leaves logits as they are.</summary>
    public static PlattScaling Identity { get; } = new(1, 0);

    /// <summary>The probability of a logit.</summary>
    public float Probability(float logit) => (float)(1 / (1 + Math.Exp(-((Slope * logit) + Offset))));

    /// <summary>Of all tags together: a weak pull to the identity, so that few data cannot run away.</summary>
    /// <param name="logits">One per pair of sticker and tag.</param>
    /// <param name="labels">Whether the creator gave the tag; as many.</param>
    public static PlattScaling Fit(ReadOnlySpan<float> logits, ReadOnlySpan<bool> labels) => Fit(logits, labels, Identity, 1, 1);

    /// <summary>
    /// Of one tag, pulled to what holds for all tags: a tag's few validation stickers move it a little, many move it far. The strength was
    /// chosen by the calibration error of suggestions.
    /// </summary>
    /// <param name="logits">One per sticker.</param>
    /// <param name="labels">Whether the creator gave the tag; as many.</param>
    /// <param name="all">Calibration of all tags together.</param>
    public static PlattScaling FitTag(ReadOnlySpan<float> logits, ReadOnlySpan<bool> labels, PlattScaling all) => Fit(logits, labels, all, 30, 3);

    /// <summary>Maximum a posteriori by Newton's method, with a normal prior of the given precisions.</summary>
    private static PlattScaling Fit(ReadOnlySpan<float> logits, ReadOnlySpan<bool> labels, PlattScaling prior, double slopePrecision, double offsetPrecision)
    {
        if (logits.Length != labels.Length) throw new ArgumentException($"{logits.Length} logits but {labels.Length} labels.", nameof(labels));
        var (slope, offset) = (prior.Slope, prior.Offset);
        for (var iteration = 0; iteration < 50; iteration++)
        {
            double gs = slopePrecision * (slope - prior.Slope), go = offsetPrecision * (offset - prior.Offset), hss = slopePrecision, hso = 0, hoo = offsetPrecision;
            for (var i = 0; i < logits.Length; i++)
            {
                var x = logits[i];
                var p = 1 / (1 + Math.Exp(-((slope * x) + offset)));
                var error = p - (labels[i] ? 1 : 0);
                var w = p * (1 - p);
                gs += error * x;
                go += error;
                hss += w * x * x;
                hso += w * x;
                hoo += w;
            }
            var determinant = (hss * hoo) - (hso * hso);
            var ds = ((hoo * gs) - (hso * go)) / determinant;
            var dO = ((hss * go) - (hso * gs)) / determinant;
            // Damped: far from the optimum the likelihood is flat and a full step would overshoot.
            var step = Math.Min(1, 2 / Math.Max(1e-12, Math.Sqrt((ds * ds) + (dO * dO))));
            slope = Math.Max(1e-3, slope - (step * ds));
            offset -= step * dO;
            if (Math.Abs(ds) + Math.Abs(dO) < 1e-7) break;
        }
        return new PlattScaling(slope, offset);
    }
}
