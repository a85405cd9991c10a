using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Stickers.Tagger.Training;

/// <summary>The three training objectives. All return a scalar.</summary>
internal static class Losses
{
    /// <summary>Temperature of instance discrimination.</summary>
    private const double VisualTemperature = 0.1;

    /// <summary>
    /// Tags from positive-only labels: cross-entropy whose negatives count less the surer the network is of them and not at all below
    /// a margin, so that a tag that a creator merely left out costs little (asymmetric loss, Ridnik et al. 2021, equation 7).
    /// </summary>
    /// <param name="logits">(B, V).</param>
    /// <param name="labels">(B, V), 1 or 0.</param>
    /// <param name="negativeFocus">Exponent on negatives; 0 is plain cross-entropy without margin.</param>
    /// <returns>Sum over tags, mean over stickers.</returns>
    public static Tensor Tags(Tensor logits, Tensor labels, double negativeFocus)
    {
        if (negativeFocus <= 0)
            return F.binary_cross_entropy_with_logits(logits, labels, reduction: nn.Reduction.Sum) / logits.shape[0];
        var positive = labels * F.logsigmoid(logits);
        var shifted = (logits.sigmoid() - 0.05).clamp_min(0);
        var negative = (1 - labels) * (1 - shifted).clamp_min(1e-8).log() * shifted.pow(negativeFocus).detach();
        return -(positive + negative).sum() / logits.shape[0];
    }

    /// <summary>Meaning: a sticker's vector points at the vectors of its tags (softmax over the vocabulary, tags sharing the mass equally).</summary>
    /// <param name="logits">(B, V).</param>
    /// <param name="labels">(B, V), 1 or 0, at least one 1 a row.</param>
    public static Tensor Semantic(Tensor logits, Tensor labels) =>
        -(F.log_softmax(logits, 1) * (labels / labels.sum(1, keepdim: true).clamp_min(1))).sum() / logits.shape[0];

    /// <summary>
    /// Looks: a view of a sticker is nearer to what was remembered of that sticker than to what was remembered of others
    /// (non-parametric instance discrimination, Wu et al. 2018, with sampled negatives).
    /// </summary>
    /// <param name="visual">(B, D), unit rows.</param>
    /// <param name="remembered">(B, D): memory of the same stickers; zero rows where there is none yet.</param>
    /// <param name="others">(N, D): memory of other stickers.</param>
    /// <param name="sameGroup">(B, N), 1 where the other is a near duplicate of the row's sticker or the sticker itself.</param>
    public static Tensor Visual(Tensor visual, Tensor remembered, Tensor others, Tensor sameGroup)
    {
        var known = remembered.norm(1) > 0.5;
        var own = (visual * remembered).sum(1, keepdim: true) / VisualTemperature;
        var rest = (visual.matmul(others.t()) / VisualTemperature) - (sameGroup * 1e4);
        var loss = logsumexp(cat([own, rest], 1), 1) - own.squeeze(1);
        return (loss * known.to_type(ScalarType.Float32)).mean();
    }
}
