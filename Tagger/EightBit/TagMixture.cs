using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.EightBit;

/// <summary>
/// What the prototypes add to the tag head, as <see cref="StickerNet.TagLogits"/> has it, without LibTorch. Products are summed in one order and none fused with its sum, so that
/// similarities are the same to the bit on every processor; what follows is to rounding. Thread-safe.
/// </summary>
internal sealed class TagMixture
{
    /// <summary>Prototypes that are compared at once: one vector, of which AVX2 keeps four in its registers.</summary>
    private const int Block = 16;

    /// <summary>Stickers that are compared at once.</summary>
    private const int Rows = 4;

    private readonly int _tags;
    private readonly int _dimension;
    private readonly int _prototypes;
    private readonly float[] _packed; // blocks of prototypes, each dimension x Block

    /// <summary>Prototypes of tag t are those at _firsts[t] to _firsts[t + 1] of _sets.</summary>
    private readonly int[] _firsts;
    private readonly int[] _sets;

    private TagMixture(NetworkWeights weights)
    {
        var shape = weights.Shape;
        (_tags, _dimension, _prototypes) = (shape.Tags, shape.SemanticDimension, shape.Prototypes);
        var vectors = weights.Values("prototypes", _prototypes, _dimension).Span;
        _packed = new float[(_prototypes + Block - 1) / Block * Block * _dimension];
        for (var c = 0; c < _prototypes; c++)
        {
            for (var k = 0; k < _dimension; k++) _packed[(((c / Block * _dimension) + k) * Block) + (c % Block)] = vectors[(c * _dimension) + k];
        }

        var pairs = weights.Values("prototype_tags", shape.PrototypeTags, 2).ToArray().Chunk(2).Select(pair => (Set: (int)pair[0], Tag: (int)pair[1])).ToArray();
        if (pairs.Any(pair => (uint)pair.Set >= (uint)_prototypes || (uint)pair.Tag >= (uint)_tags))
            throw new InvalidDataException($"prototype_tags name a prototype or a tag that the network has not: it has {_prototypes} and {_tags}. The model is damaged; train again or restore it.");
        _sets = [.. pairs.OrderBy(pair => pair.Tag).Select(pair => pair.Set)];
        var counts = pairs.ToLookup(pair => pair.Tag);
        _firsts = new int[_tags + 1];
        for (var t = 0; t < _tags; t++) _firsts[t + 1] = _firsts[t] + counts[t].Count();
    }

    /// <summary>That of a network, or null where its tags are read by the tag head alone.</summary>
    /// <exception cref="InvalidDataException">The prototypes do not fit the network.</exception>
    public static TagMixture? Of(NetworkWeights weights) => weights.Shape.Prototypes == 0 ? null : new TagMixture(weights);

    /// <summary>From logits of the tag head alone to those of the mixture.</summary>
    /// <param name="n">How many stickers.</param>
    /// <param name="semantic">n x Ds, unit rows.</param>
    /// <param name="logits">n x V, the tag head's; receives the mixture's.</param>
    public void Mix(int n, ReadOnlySpan<float> semantic, Span<float> logits)
    {
        var padded = (_prototypes + Block - 1) / Block * Block;
        var near = ArrayPool<float>.Shared.Rent(n * padded);
        for (var block = 0; block < padded; block += Block)
        {
            // A block stays in the cache while all stickers are compared with it.
            ref var packed = ref _packed[block * _dimension];
            var i = 0;
            for (; i <= n - Rows; i += Rows) CompareFour(ref packed, semantic.Slice(i * _dimension, Rows * _dimension), ref near[(i * padded) + block], padded);
            for (; i < n; i++) Compare(ref packed, semantic.Slice(i * _dimension, _dimension), ref near[(i * padded) + block]);
        }

        var (shares, given, missing) = (new float[_tags], new float[_tags], new float[_tags]);
        for (var i = 0; i < n; i++)
        {
            var similar = near.AsSpan(i * padded, _prototypes);
            TensorPrimitives.Multiply(similar, StickerNet.PrototypeSpread, similar);
            TensorPrimitives.Exp(similar, similar); // cosines, so none is too large
            Share(similar, 1 / TensorPrimitives.Sum<float>(similar), shares);
            var own = logits.Slice(i * _tags, _tags);
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

        static void Add(float[] head, float[] shares)
        {
            TensorPrimitives.Multiply(head, StickerNet.TagHeadShare, head);
            for (var t = 0; t < head.Length; t++) head[t] += shares[t] * StickerNet.PrototypeShare;
            TensorPrimitives.Max(head, StickerNet.Least, head);
            TensorPrimitives.Log(head, head);
        }
    }

    private void Share(ReadOnlySpan<float> similar, float scale, float[] shares)
    {
        for (var t = 0; t < shares.Length; t++)
        {
            var sum = 0f;
            for (var i = _firsts[t]; i < _firsts[t + 1]; i++) sum += similar[_sets[i]];
            shares[t] = sum * scale;
        }
    }

    /// <summary>Cosines of one sticker with a block of prototypes.</summary>
    private static void Compare(ref float packed, ReadOnlySpan<float> sticker, ref float near)
    {
        var sum = Vector512<float>.Zero;
        foreach (var number in sticker)
        {
            sum += Vector512.Create(number) * Vector512.LoadUnsafe(ref packed);
            packed = ref Unsafe.Add(ref packed, Block);
        }

        sum.StoreUnsafe(ref near);
    }

    /// <summary>As <see cref="Compare"/>, of four stickers that share the reading of prototypes.</summary>
    private static void CompareFour(ref float packed, ReadOnlySpan<float> stickers, ref float near, int stride)
    {
        var dimension = stickers.Length / Rows;
        ref var sticker = ref MemoryMarshal.GetReference(stickers);
        var (a, b, c, d) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (var k = 0; k < dimension; k++)
        {
            var prototypes = Vector512.LoadUnsafe(ref packed);
            a += Vector512.Create(sticker) * prototypes;
            b += Vector512.Create(Unsafe.Add(ref sticker, dimension)) * prototypes;
            c += Vector512.Create(Unsafe.Add(ref sticker, 2 * dimension)) * prototypes;
            d += Vector512.Create(Unsafe.Add(ref sticker, 3 * dimension)) * prototypes;
            packed = ref Unsafe.Add(ref packed, Block);
            sticker = ref Unsafe.Add(ref sticker, 1);
        }

        a.StoreUnsafe(ref near);
        b.StoreUnsafe(ref near, (nuint)stride);
        c.StoreUnsafe(ref near, (nuint)(2 * stride));
        d.StoreUnsafe(ref near, (nuint)(3 * stride));
    }
}
