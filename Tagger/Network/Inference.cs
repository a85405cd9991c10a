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

    /// <param name="net">The network; stays the caller's.</param>
    public Inference(StickerNet net)
    {
        _net = net;
        _net.eval();
        _device = FlatParameters.Of(net).Parts[0].Tensor.device;
        if (net.Ranges is not null && _device.type == TorchSharp.DeviceType.CPU) _trunk = new EightBitTrunk(net);
    }

    /// <summary>Runs a batch.</summary>
    public RawOutput Run(int count, int fittedSide, FittedImage image)
    {
        Check(count);
        var shape = _net.Configuration;
        var result = new RawOutput(new float[count * shape.Tags], new float[count * shape.VisualDimension], new float[count * shape.SemanticDimension]);
        ForEachChunk(count, fittedSide, image, (first, features) =>
        {
            var output = _net.Heads(features);
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
        ForEachChunk(count, fittedSide, image, (first, chunk) => Copy(chunk, first, features));
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

    /// <summary>Calls back, on several threads, with the place of a chunk in the batch and its features (n, F).</summary>
    private void ForEachChunk(int count, int fittedSide, FittedImage image, Action<int, Tensor> use)
    {
        Parallel.For(0, (count + Chunk - 1) / Chunk, c =>
        {
            var first = c * Chunk;
            RunChunk(first, Math.Min(Chunk, count - first), fittedSide, image, use);
        });
    }

    private void RunChunk(int first, int count, int fittedSide, FittedImage image, Action<int, Tensor> use)
    {
        // Each thread that calls LibTorch has a thread count of its own; the chunks are the parallelism.
        set_num_threads(1);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        if (_trunk is null)
        {
            use(first, _net.ForwardFeatures(InputOf(count, fittedSide, i => image(first + i), _net.Configuration.InputSide, _device)));
            return;
        }

        var features = new float[count * _net.FeatureCount];
        _trunk.Features(count, i => image(first + i), features);
        use(first, tensor(features, [count, _net.FeatureCount]));
    }

    /// <summary>Copies (n, D) values to the rows that begin at <paramref name="first"/>.</summary>
    private static void Copy(Tensor rows, int first, float[] target) =>
        MemoryMarshal.Cast<byte, float>(rows.cpu().contiguous().bytes).CopyTo(target.AsSpan(first * (int)rows.shape[1]));
}
