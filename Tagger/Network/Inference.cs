using System.Runtime.InteropServices;
using Stickers.Tagger.EightBit;
using static TorchSharp.torch;

namespace Stickers.Tagger.Network;

/// <summary>Raw outputs of a batch, row-major.</summary>
/// <param name="TagLogits">n x V: what the tag scores are made of.</param>
/// <param name="Visual">n x Dv, unit rows.</param>
/// <param name="Semantic">n x Ds, unit rows.</param>
internal sealed record RawOutput(float[] TagLogits, float[] Visual, float[] Semantic);

/// <summary>Supplies fitted images by their place in a batch.</summary>
internal delegate ReadOnlySpan<byte> FittedImage(int index);

/// <summary>
/// Runs a network in evaluation mode. On the host the trunk of a network with <see cref="StickerNet.Ranges"/> runs in 8 bits, where every machine gives the same; all else runs in float32, where
/// they give the same to rounding. Thread-safe: the weights are only read.
/// </summary>
internal sealed class Inference
{
    /// <summary>Most images a call.</summary>
    public const int MaxBatch = 256;

    /// <summary>Images that one thread takes at a time; fixed, so that answers do not depend on the number of cores.</summary>
    private const int Chunk = 64;

    private readonly StickerNet _net;
    private readonly Device _device;
    private readonly EightBitTrunk? _trunk;
    private readonly EightBitHeads? _heads;

    /// <param name="net">The network; stays the caller's.</param>
    public Inference(StickerNet net)
    {
        _net = net;
        _net.eval();
        _device = FlatParameters.Of(net).Parts[0].Tensor.device;
        if (net.Ranges is null || _device.type != TorchSharp.DeviceType.CPU) return;
        _trunk = new EightBitTrunk(net);
        _heads = new EightBitHeads(net);
    }

    /// <summary>Runs a batch.</summary>
    public RawOutput Run(int count, int fittedSide, FittedImage image)
    {
        Check(count);
        var shape = _net.Configuration;
        var result = new RawOutput(new float[count * shape.Tags], new float[count * shape.VisualDimension], new float[count * shape.SemanticDimension]);
        ForEachChunk(count, (first, n) =>
        {
            var output = _heads is null ? _net.Heads(Exact(first, n, fittedSide, image)) : Finish(_heads.Run(Convolution.Best, n, Rounded(first, n, image)), n);
            Copy(output.TagLogits, first, result.TagLogits);
            Copy(output.Visual, first, result.Visual);
            Copy(output.Semantic, first, result.Semantic);
        });
        return result;
    }

    /// <summary>What the heads read of a batch: n x F, row-major.</summary>
    public float[] Features(int count, int fittedSide, FittedImage image)
    {
        Check(count);
        var features = new float[count * _net.FeatureCount];
        ForEachChunk(count, (first, n) =>
        {
            if (_trunk is null) Copy(Exact(first, n, fittedSide, image), first, features);
            else Rounded(first, n, image).CopyTo(features, first * _net.FeatureCount);
        });
        return features;
    }

    /// <summary>Fitted images as the network takes them in float32: (n, 4, S, S).</summary>
    public static Tensor InputOf(int count, int fittedSide, FittedImage image, int side, Device device)
    {
        var length = ViewRendering.Length(side);
        var planes = new float[count * length];
        for (var i = 0; i < count; i++)
            ViewRendering.Render(image(i), fittedSide, View.Plain, side, planes.AsSpan(i * length, length));
        return tensor(planes, [count, 4, side, side], device: device).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
    }

    private static void Check(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxBatch);
    }

    /// <summary>Calls back, on several threads, with the place of a chunk in the batch and its length.</summary>
    private static void ForEachChunk(int count, Action<int, int> use)
    {
        Parallel.For(0, (count + Chunk - 1) / Chunk, c =>
        {
            // Each thread that calls LibTorch has a thread count of its own; the chunks are the parallelism.
            set_num_threads(1);
            using var mode = inference_mode();
            using var scope = NewDisposeScope();
            use(c * Chunk, Math.Min(Chunk, count - (c * Chunk)));
        });
    }

    /// <summary>Features in float32: (n, F).</summary>
    private Tensor Exact(int first, int count, int fittedSide, FittedImage image) =>
        _net.ForwardFeatures(InputOf(count, fittedSide, i => image(first + i), _net.Configuration.InputSide, _device));

    /// <summary>Features in 8 bits: n x F, row-major.</summary>
    private float[] Rounded(int first, int count, FittedImage image)
    {
        var features = new float[count * _net.FeatureCount];
        _trunk!.Features(count, i => image(first + i), features);
        return features;
    }

    private NetworkOutput Finish((float[] Tags, float[] Visual, float[] Semantic) heads, int count)
    {
        var shape = _net.Configuration;
        return _net.Finish(Of(heads.Tags, shape.Tags), Of(heads.Visual, shape.VisualDimension), Of(heads.Semantic, shape.SemanticDimension));

        // Without the channels that only fill a vector.
        Tensor Of(float[] values, int length) => tensor(values, [count, values.Length / count]).slice(1, 0, length, 1);
    }

    /// <summary>Copies (n, D) values to the rows that begin at <paramref name="first"/>.</summary>
    private static void Copy(Tensor rows, int first, float[] target) =>
        MemoryMarshal.Cast<byte, float>(rows.cpu().contiguous().bytes).CopyTo(target.AsSpan(first * (int)rows.shape[1]));
}
