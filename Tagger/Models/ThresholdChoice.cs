using System.Runtime.InteropServices;
using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Models;

/// <summary>Chooses from which score on a tag is accepted without a person looking.</summary>
internal static class ThresholdChoice
{
    /// <summary>Score from which a suggestion is worth a person's look.</summary>
    public const float Review = 0.15f;

    /// <summary>
    /// No tag is accepted below this, whatever validation says: a tag's few validation stickers often come from one creator, whose habits
    /// prove nothing about others. Chosen on validation creators left out; below one half, because a score counts as wrong what creators left out.
    /// </summary>
    public const float Floor = 0.4f;

    /// <summary>The threshold of a tag that cannot be trusted: no score reaches it, so that a person always looks.</summary>
    public const float Never = 2;

    /// <summary>
    /// Least lower end of the precision's 95 % Wilson interval: even with bad luck more is right than wrong. It asks for at least four
    /// accepted meanings.
    /// </summary>
    private const double LeastBound = 0.5;

    /// <summary>What adding up shares may lose.</summary>
    private const double Rounding = 1e-9;

    /// <summary>
    /// The lowest score whose accepted validation stickers reach the target precision and prove it well enough. A creator's omission counts as
    /// an error, so that true precision is higher. One meaning drawn in five styles is one proof, not five: what a network says of it, it mostly says of all
    /// five, and that tells nothing about other meanings. And one creator who drew and tagged twenty flags says nothing about the next creator. So the target must hold for
    /// stickers, for meanings, and for the mean of creators, and the interval counts meanings.
    /// </summary>
    /// <param name="scores">Calibrated probabilities of one tag on all validation stickers.</param>
    /// <param name="labels">Whether the creator gave the tag; as many.</param>
    /// <param name="meanings">The same number for stickers that mean the same; as many.</param>
    /// <param name="creators">The same number for stickers of one creator; as many.</param>
    /// <param name="targetPrecision">Share of accepted suggestions that should be right, 0 to 1.</param>
    /// <returns>A threshold of at least <see cref="Floor"/>, or <see cref="Never"/>.</returns>
    public static float Accept(ReadOnlySpan<float> scores, ReadOnlySpan<bool> labels, ReadOnlySpan<int> meanings, ReadOnlySpan<int> creators, double targetPrecision)
    {
        if (scores.Length != labels.Length) throw new ArgumentException($"{scores.Length} scores but {labels.Length} labels.", nameof(labels));
        if (scores.Length != meanings.Length) throw new ArgumentException($"{scores.Length} scores but {meanings.Length} meanings.", nameof(meanings));
        if (scores.Length != creators.Length) throw new ArgumentException($"{scores.Length} scores but {creators.Length} creators.", nameof(creators));
        var order = Enumerable.Range(0, scores.Length).ToArray();
        var keys = scores.ToArray();
        Array.Sort(keys, order);
        HashSet<int> right = [], wrong = [];
        var ofCreator = new Dictionary<int, (int Right, int All)>();
        var (rightStickers, shares) = (0, 0.0);
        var threshold = Never;
        for (var i = scores.Length - 1; i >= 0 && keys[i] >= Floor; i--)
        {
            var isRight = labels[order[i]];
            if (isRight) rightStickers++;
            (isRight ? right : wrong).Add(meanings[order[i]]);
            ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(ofCreator, creators[order[i]], out var known)!;
            if (known) shares -= (double)own.Right / own.All;
            own = (own.Right + (isRight ? 1 : 0), own.All + 1);
            shares += (double)own.Right / own.All;
            // Equal scores are accepted together.
            if (i > 0 && keys[i - 1] == keys[i]) continue;
            var ofMeanings = new Proportion(right.Count, right.Count + wrong.Count);
            var ofStickers = (double)rightStickers / (scores.Length - i);
            var ofCreators = (shares / ofCreator.Count) + Rounding;
            if (ofStickers >= targetPrecision && ofMeanings.Value >= targetPrecision && ofCreators >= targetPrecision && ofMeanings.Low >= LeastBound) threshold = keys[i];
        }
        return threshold;
    }
}
