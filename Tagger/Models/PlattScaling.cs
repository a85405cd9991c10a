namespace Stickers.Tagger.Models;

/// <summary>Probability = 1 / (1 + exp(-(Slope * logit + Offset))), fitted on stickers that were not learned from (Platt 1999).</summary>
/// <param name="Slope">Below 1 for an overconfident network.</param>
/// <param name="Offset">Shifts all probabilities.</param>
public sealed record PlattScaling(double Slope, double Offset)
{
    // Precisions of the normal prior.
    private const double SlopePull = 3000;
    private const double OffsetPull = 300;
    private const int MostIterations = 50;

    /// <summary>Leaves logits as they are.</summary>
    public static PlattScaling Identity { get; } = new(1, 0);

    /// <summary>The probability of a logit.</summary>
    public float Probability(float logit) => (float)(1 / (1 + Math.Exp(-LogOdds(logit))));

    /// <summary>That probability as log-odds.</summary>
    internal double LogOdds(float logit) => (Slope * logit) + Offset;

    /// <summary>
    /// Of one tag, pulled to what holds for all tags, by Newton's method: a few thousand validation stickers move a tag, the nine that most tags of a small catalogue have do not.
    /// The strength was chosen by the calibration error of suggestions; Microsoft.ML's calibrators know no such prior.
    /// </summary>
    /// <param name="logOdds">One per sticker, as all tags together have it.</param>
    /// <param name="labels">Whether the creator gave the tag; as many.</param>
    public static PlattScaling FitTag(ReadOnlySpan<float> logOdds, ReadOnlySpan<bool> labels)
    {
        if (logOdds.Length != labels.Length) throw new ArgumentException($"{logOdds.Length} log-odds but {labels.Length} labels.", nameof(labels));
        var (slope, offset) = (1.0, 0.0);
        for (var iteration = 0; iteration < MostIterations; iteration++)
        {
            double gs = SlopePull * (slope - 1), go = OffsetPull * offset, hss = SlopePull, hso = 0, hoo = OffsetPull;
            for (var i = 0; i < logOdds.Length; i++)
            {
                var x = logOdds[i];
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
