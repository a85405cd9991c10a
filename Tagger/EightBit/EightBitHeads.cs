using System.Buffers;
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

    private readonly byte[] _squashed = new byte[(2 * SquashReach * SquashSteps) + 1];
    private readonly float[] _inverse;
    private readonly float[] _offset;
    private readonly bool _squash;
    private readonly Convolution _tags;
    private readonly Convolution _visual;
    private readonly Convolution _semantic;

    /// <param name="weights">The network's.</param>
    public EightBitHeads(NetworkWeights weights)
    {
        var (shape, count) = (weights.Shape, weights.FeatureCount);
        // Features are normalised values times this, and plus that.
        var gain = weights.Values("feature_norm.weight", count).ToArray();
        var offset = _offset = weights.Values("feature_norm.bias", count).ToArray();
        _inverse = Array.ConvertAll(gain, value => value == 0 ? 0 : 1 / value);
        _squash = shape.SquashedSemantics;
        for (var i = 0; i < _squashed.Length; i++) _squashed[i] = (byte)(Math.Round(Math.Tanh((i - (SquashReach * SquashSteps)) / (double)SquashSteps / StickerNet.SquashDeviations) * PixelBytes.Largest) + PixelBytes.Zero);
        var semantic = weights.Linear("semantic_head", count, shape.SemanticDimension);
        _tags = OfFeatures(weights.Linear("tag_head", count, shape.Tags));
        _visual = OfFeatures(weights.Linear("visual_head", count, shape.VisualDimension));
        _semantic = _squash ? PixelBytes.Head(semantic.Weight, semantic.Bias, Same(1 / PixelBytes.Largest, count)) : OfFeatures(semantic);

        // The offset of features is known, so it goes into that of the head.
        Convolution OfFeatures((float[] Weight, float[] Bias) head)
        {
            var bias = new float[head.Bias.Length];
            for (var o = 0; o < bias.Length; o++)
            {
                var sum = 0.0;
                for (var f = 0; f < offset.Length; f++) sum += (double)head.Weight[(o * offset.Length) + f] * offset[f];
                bias[o] = (float)(head.Bias[o] + sum);
            }

            return PixelBytes.Head(head.Weight, bias, Array.ConvertAll(gain, value => value * Deviations / PixelBytes.Largest));
        }
    }

    /// <summary>What the heads make of features: the tag head's logits, and vectors before they are brought to unit length.</summary>
    /// <param name="variant">Which build of the convolution.</param>
    /// <param name="n">How many.</param>
    /// <param name="features">n x F.</param>
    /// <param name="tags">Receives n x V.</param>
    /// <param name="visual">Receives n x Dv.</param>
    /// <param name="semantic">Receives n x Ds.</param>
    public void Run(ConvolutionVariant variant, int n, ReadOnlySpan<float> features, Span<float> tags, Span<float> visual, Span<float> semantic)
    {
        var (f, padded) = (_offset.Length, _tags.InChannels);
        // Large, and needed only here: of what is not written below nothing is read, or times a weight of 0.
        var length = Convolution.Bordered(1, PixelBytes.Side(n), padded);
        var buffer = ArrayPool<byte>.Shared.Rent(length * (_squash ? 2 : 1));
        var plain = buffer.AsSpan(0, length);
        var squashed = _squash ? buffer.AsSpan(length, length) : plain;
        var (z, steps) = (new float[f], new int[f]);
        for (var i = 0; i < n; i++)
        {
            TensorPrimitives.Subtract(features.Slice(i * f, f), _offset, z);
            TensorPrimitives.Multiply(z, _inverse, z);
            PixelBytes.ToSteps(z, PixelBytes.Largest / Deviations, PixelBytes.Zero, byte.MaxValue, steps);
            var pixel = PixelBytes.Pixel(plain, n, i, padded);
            for (var j = 0; j < steps.Length; j++) pixel[j] = (byte)steps[j];
            if (!_squash) continue;
            PixelBytes.ToSteps(z, SquashSteps, SquashReach * SquashSteps, _squashed.Length - 1, steps);
            pixel = PixelBytes.Pixel(squashed, n, i, padded);
            for (var j = 0; j < steps.Length; j++) pixel[j] = _squashed[steps[j]];
        }

        Apply(_tags, plain, tags);
        Apply(_visual, plain, visual);
        Apply(_semantic, squashed, semantic);
        ArrayPool<byte>.Shared.Return(buffer);

        void Apply(Convolution head, ReadOnlySpan<byte> input, Span<float> rows)
        {
            var sums = PixelBytes.Apply(head, variant, n, input);
            // Without the channels that only fill a vector.
            var wanted = rows.Length / n;
            for (var i = 0; i < n; i++) sums.AsSpan(i * head.OutChannels, wanted).CopyTo(rows[(i * wanted)..]);
            ArrayPool<float>.Shared.Return(sums);
        }
    }

    private static float[] Same(float value, int count)
    {
        var values = new float[count];
        Array.Fill(values, value);
        return values;
    }
}
