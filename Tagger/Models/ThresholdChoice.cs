using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Models;

/// <summary>Chooses from which score on a tag is accepted without a person looking.</summary>
internal static class ThresholdChoice
{
    /// <summary>Score from which a suggestion is worth a person's look.</summary>
    public const float Review = 0.15f;

    /// <summary>
    /// No tag is accepted below this, whatever validation says: a tag's few validation stickers often come from one creator, whose habits
    /// prove nothing about others.
    /// </summary>
    public const float Floor = 0.5f;

    /// <summary>The threshold of a tag that cannot be trusted: no score reaches it, so that a person always looks.</summary>
    public const float Never = 2;

    /// <summary>
    /// Least lower end of the precision's 95 % Wilson interval: even with bad luck more is right than wrong. It asks for at least four
    /// accepted meanings.
    /// </summary>
    private const double LeastBound = 0.5;

    /// <summary>
    /// The lowest score whose accepted validation stickers reach the target precision and prove it well enough. A creator's omission counts as
    /// an error, so that true precision is higher. One meaning drawn in five styles is one proof, not five: what a network says of it, it mostly says of all
    /// five, and that tells nothing about other meanings. So the target must hold for stickers and for meanings, and the interval counts meanings.
    /// </summary>
    /// <param name="scores">Calibrated probabilities of one tag on all validation stickers.</param>
    /// <param name="labels">Whether the creator gave the tag; as many.</param>
    /// <param name="meanings">The same number for stickers that mean the same; as many.</param>
    /// <param name="targetPrecision">Share of accepted suggestions that should be right, 0 to 1.</param>
    /// <returns>A threshold of at least <see cref="Floor"/>, or <see cref="Never"/>.</returns>
    public static float Accept(ReadOnlySpan<float> scores, ReadOnlySpan<bool> labels, ReadOnlySpan<int> meanings, double targetPrecision)
    {
        if (scores.Length != labels.Length) throw new ArgumentException($"{scores.Length} scores but {labels.Length} labels.", nameof(labels));
        if (scores.Length != meanings.Length) throw new ArgumentException($"{scores.Length} scores but {meanings.Length} meanings.", nameof(meanings));
        var order = Enumerable.Range(0, scores.Length).ToArray();
        var keys = scores.ToArray();
        Array.Sort(keys, order);
        HashSet<int> right = [], wrong = [];
        var rightStickers = 0;
        var threshold = Never;
        for (var i = scores.Length - 1; i >= 0 && keys[i] >= Floor; i--)
        {
            if (labels[order[i]]) rightStickers++;
            (labels[order[i]] ? right : wrong).Add(meanings[order[i]]);
            // Equal scores are accepted together.
            if (i > 0 && keys[i - 1] == keys[i]) continue;
            var ofMeanings = new Proportion(right.Count, right.Count + wrong.Count);
            var ofStickers = (double)rightStickers / (scores.Length - i);
            if (ofStickers >= targetPrecision && ofMeanings.Value >= targetPrecision && ofMeanings.Low >= LeastBound) threshold = keys[i];
        }
        return threshold;
    }
}
