using Stickers.Tagger.Network;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Stickers.Tagger.Training;

/// <summary>The training objectives on a ghost batch of B stickers. All return a scalar tensor, the mean over the stickers.</summary>
/// <param name="batch">B.</param>
/// <param name="negativeFocus">Exponent on easy negatives of the tags; 0 is plain cross-entropy.</param>
/// <param name="semanticWeight">Weight of the semantic loss.</param>
/// <param name="visualWeight">Weight of the visual loss.</param>
/// <param name="bits">Length of a binary code, 1 or more.</param>
internal sealed class Losses(int batch, double negativeFocus, double semanticWeight, double visualWeight, int bits)
{
    /// <summary>Margin below which a negative costs nothing (Ridnik et al. 2021, section 2.3).</summary>
    private static readonly Scalar Margin = 0.05f;
    private static readonly Scalar Zero = 0f;
    private static readonly Scalar MinusOne = -1f;
    private static readonly Scalar InverseVisualTemperature = 10f;

    /// <summary>How sharply near neighbours count before far ones; 0.05 to 0.07 find most, 0.03 and 0.1 less.</summary>
    private static readonly Scalar InverseCodeTemperature = 20f;

    /// <summary>Slope of the curve through which a sign passes its gradient.</summary>
    private static readonly Scalar CodeSlope = 4f;

    /// <summary>So small that the code's gradient does not count when gradients are clipped; AdamW's steps do not depend on it.</summary>
    private static readonly Scalar CodeWeight = 0.01f;

    /// <summary>What a person refused weighs as much more as five tags that are merely missing.</summary>
    private static readonly Scalar RefusedWeightNegated = -5f;

    private readonly Scalar _perSticker = 1f / batch;
    private readonly Scalar _perStickerNegated = -1f / batch;
    private readonly Scalar _focus = (float)negativeFocus;
    private readonly Scalar _semanticWeight = (float)semanticWeight;
    private readonly Scalar _visualWeight = (float)visualWeight;
    private readonly Scalar _perBit = 1f / bits;

    /// <summary>The weighted sum of all.</summary>
    public Tensor Total(Tensor tags, Tensor semantic, Tensor visual, Tensor code) =>
        tags.add(semantic, _semanticWeight).add(visual, _visualWeight).add(code, CodeWeight);

    /// <summary>
    /// Tags from positive-only labels: cross-entropy whose negatives count less the surer the network is of them and not at all below
    /// a margin, so that a tag that a creator merely left out costs little (asymmetric loss, Ridnik et al. 2021, equation 7).
    /// </summary>
    /// <param name="logits">(B, V).</param>
    /// <param name="labels">(B, V), 1 or 0.</param>
    /// <param name="asked">(B, V): 0 where the picture says nothing of the tag, else 1.</param>
    /// <param name="refused">(B, V): 1 where a person said that the sticker has not the tag: a negative that is sure, without margin and focus, but with more weight. Null for none.</param>
    /// <returns>Sum over tags, mean over stickers.</returns>
    public Tensor Tags(Tensor logits, Tensor labels, Tensor asked, Tensor? refused = null)
    {
        var loss = negativeFocus > 0 ? Asymmetric(logits, labels, asked) : F.binary_cross_entropy_with_logits(logits, labels, asked, nn.Reduction.Sum);
        if (refused is not null) loss = loss.add(refused.mul(F.logsigmoid(logits.neg())).sum(), RefusedWeightNegated);
        return loss.mul(_perSticker);
    }

    private Tensor Asymmetric(Tensor logits, Tensor labels, Tensor asked)
    {
        var positive = labels.mul(F.logsigmoid(logits));
        var shifted = logits.sigmoid().sub(Margin).clamp_min(Zero);
        // log(1 - p): the argument of log1p stays above -1 because p never exceeds 0.95.
        var negative = labels.sub(Scalars.One).mul(shifted.neg().log1p()).mul(shifted.pow(_focus).detach()).neg();
        return positive.add(negative, Scalars.One).mul(asked).sum().neg();
    }

    /// <summary>Meaning: a sticker's vector points at the vectors of its tags (softmax over all meanings).</summary>
    /// <param name="logits">(B, M).</param>
    /// <param name="shares">(B, M): how much each of the sticker's tags says about it, rows summing to 1.</param>
    public Tensor Semantic(Tensor logits, Tensor shares) => F.log_softmax(logits, 1).mul(shares).sum().mul(_perStickerNegated);

    /// <summary>
    /// Looks: a view of a sticker is nearer to what was remembered of that sticker than to what was remembered of others
    /// (non-parametric instance discrimination, Wu et al. 2018, with sampled negatives).
    /// </summary>
    /// <param name="visual">(B, D), unit rows.</param>
    /// <param name="remembered">(B, D): memory of the same stickers.</param>
    /// <param name="known">(B): 1 where there is such a memory, 0 where the sticker is seen for the first time.</param>
    /// <param name="others">(N, D): memory of other stickers.</param>
    /// <param name="masked">(B, N): 0, or a large negative number where the other is a near duplicate of the row's sticker.</param>
    public Tensor Visual(Tensor visual, Tensor remembered, Tensor known, Tensor others, Tensor masked)
    {
        var own = visual.mul(remembered).sum(1, keepdim: true).mul(InverseVisualTemperature);                 // (B, 1)
        var rest = visual.matmul(others.t()).mul(InverseVisualTemperature).add(masked, Scalars.One);          // (B, N)
        var loss = cat([own, rest], 1).logsumexp(1).add(own.squeeze(1), MinusOne);                            // (B)
        return loss.mul(known).sum().mul(_perSticker);
    }

    /// <summary>
    /// Codes: which of other stickers are near a sticker is the same by the bits that their codes share as by their vectors. The distribution over neighbours (Hinton and Roweis 2002)
    /// by cosine is the target of that by bits; the gradient goes straight through the sign (Bengio et al. 2013), on the curve of tanh. The loss counts what the
    /// signs, not some smooth values, would find, so no term for quantization is needed, and bits come out balanced without one.
    /// </summary>
    /// <param name="values">(B, bits): before the sign.</param>
    /// <param name="otherValues">(N, bits): of other stickers.</param>
    /// <param name="visual">(B, D), unit rows: the vectors of the former.</param>
    /// <param name="others">(N, D): of the latter.</param>
    public Tensor Code(Tensor values, Tensor otherValues, Tensor visual, Tensor others)
    {
        var near = F.softmax(visual.detach().matmul(others.t()).mul(InverseCodeTemperature), 1);              // (B, N)
        var shared = Sign(values).matmul(Sign(otherValues).t()).mul(_perBit).mul(InverseCodeTemperature);     // (B, N)
        return F.log_softmax(shared, 1).mul(near).sum().mul(_perStickerNegated);
    }

    private static Tensor Sign(Tensor values)
    {
        var soft = values.mul(CodeSlope).tanh();
        return soft.add(values.sign().sub(soft).detach(), Scalars.One);
    }
}
