using System.Numerics.Tensors;

namespace Stickers.Tagger.Models;

/// <summary>thresholds.json</summary>
/// <param name="FormatVersion">Version of this file's format.</param>
/// <param name="Calibration">From the network's logits to probabilities, over all tags together.</param>
/// <param name="Accept">Per tag, in vocabulary order: calibrated probability from which a suggestion is accepted; above 1 for a tag that is only reviewed.</param>
/// <param name="Review">Calibrated probability from which a suggestion is shown for review.</param>
public sealed record ThresholdsFile(int FormatVersion, PlattScaling Calibration, IReadOnlyList<float> Accept, float Review)
{
    /// <summary>Share of <see cref="Calibration"/> in a probability beside <see cref="Curve"/>: on the curve's level stretches it keeps the order of the logits.</summary>
    private const float Order = 0.01f;

    private const float Least = 1e-6f;

    /// <summary>A curve over all tags together; null in files of formats 1 and 2.</summary>
    public CalibrationCurve? Curve { get; init; }

    /// <summary>
    /// Per tag, in vocabulary order: a scaling of the log-odds that <see cref="Curve"/> gives, or in format 2 of the network's logits; null in files of format 1, where
    /// <see cref="Calibration"/> holds for every tag.
    /// </summary>
    public IReadOnlyList<PlattScaling>? Tags { get; init; }

    /// <summary>Calibrated probability of a tag from the network's logit.</summary>
    public float Probability(int tag, float logit) =>
        Curve is not null ? Scaling(tag).Probability(LogOdds(logit))
        : Tags is null ? Calibration.Probability(logit)
        : Tags[tag].Probability(logit);

    /// <summary>As <see cref="Probability"/>, of all tags at once and to rounding.</summary>
    /// <param name="logits">One for each tag, in vocabulary order.</param>
    /// <param name="probabilities">Receives as many.</param>
    internal void Probabilities(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        var exponents = new double[logits.Length];
        if (Curve is null)
        {
            for (var t = 0; t < exponents.Length; t++) exponents[t] = (Tags?[t] ?? Calibration).LogOdds(logits[t]);
            Sigmoid(exponents, probabilities);
            return;
        }

        for (var t = 0; t < exponents.Length; t++) exponents[t] = Calibration.LogOdds(logits[t]);
        Sigmoid(exponents, probabilities);
        for (var t = 0; t < exponents.Length; t++)
        {
            var probability = Mixed(Curve.Probability(logits[t]), probabilities[t]);
            probabilities[t] = probability / (1 - probability);
        }

        TensorPrimitives.Log(probabilities, probabilities);
        for (var t = 0; t < exponents.Length; t++) exponents[t] = Scaling(t).LogOdds(probabilities[t]);
        Sigmoid(exponents, probabilities);

        static void Sigmoid(double[] logOdds, Span<float> probabilities)
        {
            TensorPrimitives.Sigmoid<double>(logOdds, logOdds);
            TensorPrimitives.ConvertTruncating<double, float>(logOdds, probabilities);
        }
    }

    /// <summary>What all tags together say of a logit, as log-odds.</summary>
    internal float LogOdds(float logit)
    {
        var probability = Mixed(Curve!.Probability(logit), Calibration.Probability(logit));
        return MathF.Log(probability / (1 - probability));
    }

    private static float Mixed(float curve, float scaling) => Math.Clamp(float.Lerp(curve, scaling, Order), Least, 1 - Least);

    private PlattScaling Scaling(int tag) => Tags is null ? PlattScaling.Identity : Tags[tag];
}
