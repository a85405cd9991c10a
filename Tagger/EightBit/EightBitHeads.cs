using System.Numerics.Tensors;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.EightBit;

/// <summary>
/// The linear heads of a network in 8 bits, on features in 8 bits: what they give is the same to the bit on every processor. Features are normalised, so bytes hold as many standard
/// deviations of each; the semantic head reads them squashed, from a table. Thread-safe.
/// </summary>
internal sealed class EightBitHeads
{
    /// <summary>Standard deviations that the largest byte stands for; few values lie farther out, and those count as much as it.</summary>
    private const float Deviations = 8;

    /// <summary>Squashed values are looked up in steps of a 128th of a standard deviation.</summary>
    private const int SquashSteps = 128;

    /// <summary>Beyond so many standard deviations all are squashed to the same byte.</summary>
    private const int SquashReach = 12;

    /// <summary>The byte that stands for 0, and the largest distance from it.</summary>
    private const byte Zero = 128;
    private const float Largest = 127;

    private readonly byte[] _squashed = new byte[(2 * SquashReach * SquashSteps) + 1];
    private readonly float[] _inverse;
    private readonly float[] _offset;
    private readonly bool _squash;
    private readonly Convolution _tags;
    private readonly Convolution _visual;
    private readonly Convolution _semantic;

    /// <param name="net">The network; only read, and not kept.</param>
    public EightBitHeads(StickerNet net)
    {
        var (gain, offset) = net.FeatureScale();
        _offset = offset;
        _inverse = Array.ConvertAll(gain, value => value == 0 ? 0 : 1 / value);
        _squash = net.Configuration.SquashedSemantics;
        for (var i = 0; i < _squashed.Length; i++) _squashed[i] = (byte)(Math.Round(Math.Tanh((i - (SquashReach * SquashSteps)) / (double)SquashSteps / StickerNet.SquashDeviations) * Largest) + Zero);
        var (tags, visual, semantic) = net.HeadValues();
        _tags = OfFeatures(tags);
        _visual = OfFeatures(visual);
        _semantic = _squash ? Head(semantic.Weight, semantic.Bias, Same(1 / Largest, gain.Length)) : OfFeatures(semantic);

        // The offset of features is known, so it goes into that of the head.
        Convolution OfFeatures((float[] Weight, float[] Bias) head)
        {
            var bias = head.Bias.Select((value, o) => (float)(value + Enumerable.Range(0, offset.Length).Sum(f => (double)head.Weight[(o * offset.Length) + f] * offset[f]))).ToArray();
            return Head(head.Weight, bias, Array.ConvertAll(gain, value => value * Deviations / Largest));
        }
    }

    /// <summary>What the heads make of features, each n x its length: the tag head's logits, and vectors before they are brought to unit length.</summary>
    /// <param name="variant">Which build of the convolution.</param>
    /// <param name="n">How many.</param>
    /// <param name="features">n x F.</param>
    public (float[] Tags, float[] Visual, float[] Semantic) Run(ConvolutionVariant variant, int n, ReadOnlySpan<float> features)
    {
        var (f, padded) = (_offset.Length, _tags.InChannels);
        var (plain, squashed) = (new byte[Convolution.Bordered(n, 1, padded)], new byte[_squash ? Convolution.Bordered(n, 1, padded) : 0]);
        var z = new float[f];
        for (var i = 0; i < n; i++)
        {
            TensorPrimitives.Subtract(features.Slice(i * f, f), _offset, z);
            TensorPrimitives.Multiply(z, _inverse, z);
            // A picture of one pixel, in the middle of its border.
            Quantise(z, plain.AsSpan(((9 * i) + 4) * padded, f));
            if (_squash) Squash(z, squashed.AsSpan(((9 * i) + 4) * padded, f));
        }

        return (Run(_tags, plain), Run(_visual, plain), Run(_semantic, _squash ? squashed : plain));

        float[] Run(Convolution head, byte[] input)
        {
            var sums = new float[n * head.OutChannels];
            head.Run(variant, n, 1, input, sums);
            return sums;
        }
    }

    private static void Quantise(ReadOnlySpan<float> z, Span<byte> target)
    {
        for (var f = 0; f < z.Length; f++) target[f] = (byte)(int)MathF.Round(Math.Clamp((z[f] * (Largest / Deviations)) + Zero, 0, byte.MaxValue));
    }

    private void Squash(ReadOnlySpan<float> z, Span<byte> target)
    {
        for (var f = 0; f < z.Length; f++) target[f] = _squashed[(int)MathF.Round(Math.Clamp((z[f] + SquashReach) * SquashSteps, 0, _squashed.Length - 1))];
    }

    private static Convolution Head(float[] weight, float[] bias, float[] unit)
    {
        var zero = new byte[unit.Length];
        Array.Fill(zero, Zero);
        return new Convolution(weight, bias, unit.Length, 1, 1, unit, zero, 1);
    }

    private static float[] Same(float value, int count)
    {
        var values = new float[count];
        Array.Fill(values, value);
        return values;
    }
}
