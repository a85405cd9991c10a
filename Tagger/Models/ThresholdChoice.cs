namespace Stickers.Tagger.Models;

/// <summary>Chooses from which score on a tag is accepted without a person looking.</summary>
internal static class ThresholdChoice
{
    /// <summary>Share of accepted suggestions that should be right.</summary>
    public const double TargetPrecision = 0.6;

    /// <summary>Score from which a suggestion is worth a person's look.</summary>
    public const float Review = 0.15f;

    /// <summary>Stands for "never".</summary>
    public const float Never = 2f;

    /// <summary>Weight of what calibration promises against what was counted: few validation stickers prove little.</summary>
    private const double PriorWeight = 4;

    /// <summary>
    /// The lowest score whose accepted stickers reach the target precision, where precision is counted on validation stickers and
    /// pulled towards the mean calibrated score. A creator's omission counts as an error, so that true precision is higher.
    /// </summary>
    /// <param name="scores">Calibrated probabilities of one tag on all validation stickers.</param>
    /// <param name="labels">Whether the creator gave the tag; as many.</param>
    /// <returns>A threshold between <see cref="Review"/> and 1, or <see cref="Never"/>.</returns>
    public static float Accept(ReadOnlySpan<float> scores, ReadOnlySpan<bool> labels)
    {
        if (scores.Length != labels.Length) throw new ArgumentException($"{scores.Length} scores but {labels.Length} labels.", nameof(labels));
        var order = Enumerable.Range(0, scores.Length).ToArray();
        var keys = scores.ToArray();
        Array.Sort(keys, order);
        double right = 0, sum = 0;
        var threshold = Never;
        for (var i = scores.Length - 1; i >= 0; i--)
        {
            var score = keys[i];
            if (score < Review) break;
            sum += score;
            if (labels[order[i]]) right++;
            if (i > 0 && keys[i - 1] == score) continue;
            var count = scores.Length - i;
            if ((right + (PriorWeight * sum / count)) / (count + PriorWeight) >= TargetPrecision) threshold = score;
        }
        // Nothing seen above the target: trust the calibration alone.
        return threshold == Never ? (float)Math.Max(TargetPrecision, scores.Length == 0 ? 0 : keys[^1]) : threshold;
    }
}
