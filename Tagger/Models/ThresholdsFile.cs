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

    /// <summary>What all tags together say of a logit, as log-odds.</summary>
    internal float LogOdds(float logit)
    {
        var probability = Math.Clamp(float.Lerp(Curve!.Probability(logit), Calibration.Probability(logit), Order), Least, 1 - Least);
        return MathF.Log(probability / (1 - probability));
    }

    private PlattScaling Scaling(int tag) => Tags is null ? PlattScaling.Identity : Tags[tag];
}
