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
/// Runs a network in evaluation mode. On the host one with <see cref="StickerNet.Ranges"/> runs in 8 bits, as <see cref="EightBitNetwork"/> has it; all else runs in float32 by LibTorch, where machines
/// give the same to rounding. Thread-safe: the weights are only read.
/// </summary>
internal sealed class Inference
{
    /// <summary>Most images a call.</summary>
    public const int MaxBatch = 256;

    /// <summary>Images that one thread takes at a time; fixed, so that answers do not depend on the number of cores.</summary>
    private const int Chunk = 64;

    private readonly NetworkConfiguration _shape;
    private readonly int _featureCount;
    private readonly StickerNet? _exact;
    private readonly EightBitNetwork? _rounded;

    /// <param name="net">The network; stays the caller's.</param>
    public Inference(StickerNet net)
    {
        net.eval();
        (_shape, _featureCount) = (net.Configuration, net.FeatureCount);
        if (net.Ranges is null || DeviceOf(net).type != TorchSharp.DeviceType.CPU) _exact = net;
        else _rounded = new EightBitNetwork(NetworkWeights.Of(net));
    }

    /// <param name="weights">Of a network with ranges; it runs on the host.</param>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    public Inference(NetworkWeights weights) => (_shape, _featureCount, _rounded) = (weights.Shape, weights.FeatureCount, new EightBitNetwork(weights));

    /// <summary>Runs a batch.</summary>
    public RawOutput Run(int count, int fittedSide, FittedImage image)
    {
        Check(count);
        var result = new RawOutput(new float[count * _shape.Tags], new float[count * _shape.VisualDimension], new float[count * _shape.SemanticDimension]);
        ForEachChunk(count, (first, n) =>
        {
            if (_rounded is not null)
            {
                _rounded.Run(n, i => image(first + i), Rows(result.TagLogits, _shape.Tags), Rows(result.Visual, _shape.VisualDimension), Rows(result.Semantic, _shape.SemanticDimension));
                return;
            }

            using var mode = inference_mode();
            using var scope = NewDisposeScope();
            var output = _exact!.Heads(Exact(first, n, fittedSide, image));
            Copy(output.TagLogits, first, result.TagLogits);
            Copy(output.Visual, first, result.Visual);
            Copy(output.Semantic, first, result.Semantic);

            Span<float> Rows(float[] all, int length) => all.AsSpan(first * length, n * length);
        });
        return result;
    }

    /// <summary>What the heads read of a batch: n x F, row-major.</summary>
    public float[] Features(int count, int fittedSide, FittedImage image)
    {
        Check(count);
        var features = new float[count * _featureCount];
        ForEachChunk(count, (first, n) =>
        {
            if (_rounded is not null)
            {
                _rounded.Features(n, i => image(first + i), features.AsSpan(first * _featureCount, n * _featureCount));
                return;
            }

            using var mode = inference_mode();
            using var scope = NewDisposeScope();
            Copy(Exact(first, n, fittedSide, image), first, features);
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
        return HostTensor.Of(planes, count, 4, side, side).to(device).ChannelsLast();
    }

    private static void Check(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxBatch);
    }

    /// <summary>Calls back, on several threads, with the place of a chunk in the batch and its length.</summary>
    private static void ForEachChunk(int count, Action<int, int> use) =>
        Parallel.For(0, (count + Chunk - 1) / Chunk, c => use(c * Chunk, Math.Min(Chunk, count - (c * Chunk))));

    private static Device DeviceOf(StickerNet net) => FlatParameters.Of(net).Parts[0].Tensor.device;

    /// <summary>Features in float32: (n, F).</summary>
    private Tensor Exact(int first, int count, int fittedSide, FittedImage image)
    {
        // Each thread that calls LibTorch has a thread count of its own; the chunks are the parallelism.
        set_num_threads(1);
        return _exact!.ForwardFeatures(InputOf(count, fittedSide, i => image(first + i), _shape.InputSide, DeviceOf(_exact)));
    }

    /// <summary>Copies (n, D) values to the rows that begin at <paramref name="first"/>.</summary>
    private static void Copy(Tensor rows, int first, float[] target) =>
        HostTensor.Values(rows.cpu().contiguous()).CopyTo(target.AsSpan(first * (int)rows.shape[1]));
}
