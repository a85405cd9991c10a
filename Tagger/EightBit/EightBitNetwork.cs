using System.Buffers;
using System.Numerics.Tensors;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.EightBit;

/// <summary>A whole network in 8 bits, from fitted pictures to what it says of them, without LibTorch. Thread-safe.</summary>
internal sealed class EightBitNetwork
{
    private readonly NetworkConfiguration _shape;
    private readonly EightBitTrunk _trunk;
    private readonly EightBitHeads _heads;
    private readonly TagMixture? _mixture;

    /// <param name="weights">Of a network with ranges.</param>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    public EightBitNetwork(NetworkWeights weights) =>
        (_shape, _trunk, _heads, _mixture) = (weights.Shape, new EightBitTrunk(weights), new EightBitHeads(weights), TagMixture.Of(weights));

    /// <summary>What the heads read of pictures: n x F, row-major.</summary>
    /// <param name="count">n, at least 1.</param>
    /// <param name="fitted">The fitted pictures by their place.</param>
    /// <param name="features">Receives them.</param>
    public void Features(int count, FittedImage fitted, Span<float> features) => _trunk.Features(count, fitted, features);

    /// <summary>What the network says of pictures.</summary>
    /// <param name="count">n, at least 1.</param>
    /// <param name="fitted">The fitted pictures by their place.</param>
    /// <param name="tagLogits">Receives n x V.</param>
    /// <param name="visual">Receives n x Dv, unit rows.</param>
    /// <param name="semantic">Receives n x Ds, unit rows.</param>
    public void Run(int count, FittedImage fitted, Span<float> tagLogits, Span<float> visual, Span<float> semantic)
    {
        var buffer = ArrayPool<float>.Shared.Rent(count * _trunk.FeatureCount);
        var features = buffer.AsSpan(0, count * _trunk.FeatureCount);
        _trunk.Features(count, fitted, features);
        _heads.Run(Convolution.Best, count, features, tagLogits, visual, semantic);
        ArrayPool<float>.Shared.Return(buffer);
        Unit(visual, _shape.VisualDimension);
        Unit(semantic, _shape.SemanticDimension);
        _mixture?.Mix(Convolution.Best, count, semantic, tagLogits);
    }

    /// <summary>Brings rows to unit length; those of none stay.</summary>
    internal static void Unit(Span<float> rows, int length)
    {
        for (var first = 0; first < rows.Length; first += length)
        {
            var row = rows.Slice(first, length);
            TensorPrimitives.Divide(row, Math.Max(TensorPrimitives.Norm<float>(row), 1e-12f), row);
        }
    }
}
