namespace Stickers.Tagger.Models;

/// <summary>Chooses from which score on a tag is accepted without a person looking.</summary>
internal static class ThresholdChoice
{
    /// <summary>Share of accepted suggestions that should be right.</summary>
    public const double TargetPrecision = 0.6;

    /// <summary>Score from which a suggestion is worth a person's look.</summary>
    public const float Review = 0.15f;

    /// <summary>
    /// No tag is accepted below this, whatever validation says: a tag's few validation stickers often come from one creator, whose habits
    /// prove nothing about others.
    /// </summary>
    public const float Floor = 0.5f;

    /// <summary>Weight of what calibration promises against what was counted: few validation stickers prove little.</summary>
    private const double PriorWeight = 4;

    /// <summary>
    /// The lowest score whose accepted stickers reach the target precision, where precision is counted on validation stickers and
    /// pulled towards the mean calibrated score. A creator's omission counts as an error, so that true precision is higher.
    /// </summary>
    /// <param name="scores">Calibrated probabilities of one tag on all validation stickers.</param>
    /// <param name="labels">Whether the creator gave the tag; as many.</param>
    /// <returns>A threshold of at least <see cref="Floor"/>.</returns>
    public static float Accept(ReadOnlySpan<float> scores, ReadOnlySpan<bool> labels)
    {
        if (scores.Length != labels.Length) throw new ArgumentException($"{scores.Length} scores but {labels.Length} labels.", nameof(labels));
        var order = Enumerable.Range(0, scores.Length).ToArray();
        var keys = scores.ToArray();
        Array.Sort(keys, order);
        double right = 0, sum = 0;
        float? threshold = null;
        for (var i = scores.Length - 1; i >= 0 && keys[i] >= Floor; i--)
        {
            var score = keys[i];
            sum += score;
            if (labels[order[i]]) right++;
            if (i > 0 && keys[i - 1] == score) continue;
            var count = scores.Length - i;
            if ((right + (PriorWeight * sum / count)) / (count + PriorWeight) >= TargetPrecision) threshold = score;
        }
        if (threshold is null)
        {
            // Nothing seen above the floor: trust the calibration. Everything seen there mostly wrong: only what is surer than all of it.
            return keys.Length == 0 || keys[^1] < Floor ? (float)TargetPrecision : MathF.BitIncrement(keys[^1]);
        }
        return threshold.Value;
    }
}
