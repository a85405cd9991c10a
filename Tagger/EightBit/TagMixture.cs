using System.Buffers;
using System.Numerics.Tensors;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.EightBit;

/// <summary>
/// What the prototypes add to the tag head, as <see cref="StickerNet.TagLogits"/> has it. Similarities are made of six bits of each number, of which there are hundreds, and are the same to the
/// bit on every processor; what follows is to rounding. Thread-safe.
/// </summary>
internal sealed class TagMixture
{
    /// <summary>Stickers that are compared at once, a square.</summary>
    private const int Rows = 64;

    private readonly int _tags;
    private readonly int _dimension;
    private readonly int _prototypes;
    private readonly float _spread;
    private readonly float _share; // the tag head's
    private readonly float[] _steps; // bytes to one of each number of a semantic vector
    private readonly Convolution _similarity;

    /// <summary>Prototypes of tag t are those at _firsts[t] to _firsts[t + 1] of _carriers.</summary>
    private readonly int[] _firsts;
    private readonly int[] _carriers;

    private TagMixture(NetworkWeights weights)
    {
        var shape = weights.Shape;
        (_tags, _dimension, _prototypes) = (shape.Tags, shape.SemanticDimension, shape.Prototypes);
        (_spread, _share) = shape.Mixture;
        var vectors = weights.Values("prototypes", _prototypes, _dimension).ToArray();
        // No number of a sticker's vector counts as more than the largest of any prototype's.
        var reach = new float[_dimension];
        for (var c = 0; c < _prototypes; c++) TensorPrimitives.MaxMagnitude(reach, vectors.AsSpan(c * _dimension, _dimension), reach);
        TensorPrimitives.Abs(reach, reach);
        _steps = Array.ConvertAll(reach, value => value > 0 ? PixelBytes.LargestNarrow / value : 0);
        _similarity = PixelBytes.Head(vectors, new float[_prototypes], Array.ConvertAll(reach, value => value / PixelBytes.LargestNarrow), narrow: true);

        var pairs = weights.Values("prototype_tags", shape.PrototypeTags, 2).ToArray().Chunk(2).Select(pair => (Prototype: (int)pair[0], Tag: (int)pair[1])).ToArray();
        if (pairs.Any(pair => (uint)pair.Prototype >= (uint)_prototypes || (uint)pair.Tag >= (uint)_tags))
            throw new InvalidDataException($"prototype_tags name a prototype or a tag that the network has not: it has {_prototypes} and {_tags}. The model is damaged; train again or restore it.");
        _carriers = [.. pairs.OrderBy(pair => pair.Tag).Select(pair => pair.Prototype)];
        var counts = pairs.ToLookup(pair => pair.Tag);
        _firsts = new int[_tags + 1];
        for (var t = 0; t < _tags; t++) _firsts[t + 1] = _firsts[t] + counts[t].Count();
    }

    /// <summary>That of a network, or null where its tags are read by the tag head alone.</summary>
    /// <exception cref="InvalidDataException">The prototypes do not fit the network.</exception>
    public static TagMixture? Of(NetworkWeights weights) => weights.Shape.Prototypes == 0 ? null : new TagMixture(weights);

    /// <summary>From logits of the tag head alone to those of the mixture.</summary>
    /// <param name="variant">Which build of the convolution.</param>
    /// <param name="n">How many stickers.</param>
    /// <param name="semantic">n x Ds, unit rows.</param>
    /// <param name="logits">n x V, the tag head's; receives the mixture's.</param>
    public void Mix(ConvolutionVariant variant, int n, ReadOnlySpan<float> semantic, Span<float> logits)
    {
        var (shares, given, missing) = (new float[_tags], new float[_tags], new float[_tags]);
        for (var first = 0; first < n; first += Rows)
        {
            var count = Math.Min(Rows, n - first);
            var near = Compare(variant, semantic.Slice(first * _dimension, count * _dimension));
            for (var i = 0; i < count; i++)
            {
                var similar = near.AsSpan(i * _similarity.OutChannels, _prototypes);
                TensorPrimitives.Multiply(similar, _spread, similar);
                TensorPrimitives.Exp(similar, similar); // cosines, so none is too large
                Share(similar, 1 / TensorPrimitives.Sum<float>(similar), shares);
                var own = logits.Slice((first + i) * _tags, _tags);
                // Of tag head and prototypes together: the probability that the tag is there, and that it is not.
                TensorPrimitives.Sigmoid(own, given);
                TensorPrimitives.Negate(own, missing);
                TensorPrimitives.Sigmoid(missing, missing);
                Add(given, shares);
                TensorPrimitives.Subtract(1, shares, shares);
                TensorPrimitives.Max(shares, 0, shares);
                Add(missing, shares);
                TensorPrimitives.Subtract(given, missing, own);
            }

            ArrayPool<float>.Shared.Return(near);
        }

        void Add(float[] head, float[] shares)
        {
            TensorPrimitives.Multiply(head, _share, head);
            for (var t = 0; t < head.Length; t++) head[t] += shares[t] * (1 - _share);
            TensorPrimitives.Max(head, StickerNet.Least, head);
            TensorPrimitives.Log(head, head);
        }
    }

    private void Share(ReadOnlySpan<float> similar, float scale, float[] shares)
    {
        for (var t = 0; t < shares.Length; t++)
        {
            var carriers = _carriers.AsSpan(_firsts[t].._firsts[t + 1]);
            // Four sums, none of which waits for another.
            var (a, b, c, d, i) = (0f, 0f, 0f, 0f, 0);
            for (; i <= carriers.Length - 4; i += 4)
            {
                a += similar[carriers[i]];
                b += similar[carriers[i + 1]];
                c += similar[carriers[i + 2]];
                d += similar[carriers[i + 3]];
            }

            for (; i < carriers.Length; i++) a += similar[carriers[i]];
            shares[t] = (a + b + (c + d)) * scale;
        }
    }

    /// <summary>Rents the cosines of a few stickers with all prototypes.</summary>
    private float[] Compare(ConvolutionVariant variant, ReadOnlySpan<float> semantic)
    {
        var count = semantic.Length / _dimension;
        var length = Convolution.Bordered(1, PixelBytes.Side(count), _similarity.InChannels);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        var picture = buffer.AsSpan(0, length);
        var (scaled, steps) = (new float[_dimension], new int[_dimension]);
        for (var i = 0; i < count; i++)
        {
            TensorPrimitives.Multiply(semantic.Slice(i * _dimension, _dimension), _steps, scaled);
            PixelBytes.ToSteps(scaled, 1, PixelBytes.NarrowZero, PixelBytes.NarrowZero + (int)PixelBytes.LargestNarrow, steps);
            var pixel = PixelBytes.Pixel(picture, count, i, _similarity.InChannels);
            for (var k = 0; k < steps.Length; k++) pixel[k] = (byte)steps[k];
        }

        var near = PixelBytes.Apply(_similarity, variant, count, picture);
        ArrayPool<byte>.Shared.Return(buffer);
        return near;
    }
}
