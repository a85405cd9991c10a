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

    /// <summary>Maximum likelihood by Newton's method with a weak pull to the identity, so that few data cannot run away.</summary>
    /// <param name="logits">One per pair of sticker and tag.</param>
    /// <param name="labels">Whether the creator gave the tag; as many.</param>
    public static PlattScaling Fit(ReadOnlySpan<float> logits, ReadOnlySpan<bool> labels)
    {
        if (logits.Length != labels.Length) throw new ArgumentException($"{logits.Length} logits but {labels.Length} labels.", nameof(labels));
        const double Prior = 1;
        double slope = 1, offset = 0;
        for (var iteration = 0; iteration < 50; iteration++)
        {
            double gs = Prior * (slope - 1), go = Prior * offset, hss = Prior, hso = 0, hoo = Prior;
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
