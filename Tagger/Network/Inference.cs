using static TorchSharp.torch;

namespace Stickers.Tagger.Network;

/// <summary>Raw outputs of a batch, row-major.</summary>
/// <param name="TagLogits">n x V: what the tag scores are made of.</param>
/// <param name="Visual">n x Dv, unit rows.</param>
/// <param name="Semantic">n x Ds, unit rows.</param>
internal sealed record RawOutput(float[] TagLogits, float[] Visual, float[] Semantic);

/// <summary>Supplies fitted images by their place in a batch.</summary>
internal delegate ReadOnlySpan<byte> FittedImage(int index);

/// <summary>Runs a network in evaluation mode, always in float32, so that every machine gives the same answers to rounding.</summary>
internal sealed class Inference : IDisposable
{
    /// <summary>Most images a call.</summary>
    public const int MaxBatch = 256;

    private readonly StickerNet _net;
    private readonly Lock _gate = new();

    /// <param name="net">The network; stays the caller's.</param>
    public Inference(StickerNet net)
    {
        _net = net;
        _net.eval();
    }

    /// <summary>Runs a batch; concurrent calls follow one another.</summary>
    public RawOutput Run(int count, int fittedSide, FittedImage image)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxBatch);
        var side = _net.Configuration.InputSide;
        var length = ViewRendering.Length(side);
        var planes = new float[count * length];
        Parallel.For(0, count, i => ViewRendering.Render(image(i), fittedSide, View.Plain, side, planes.AsSpan(i * length, length)));
        lock (_gate)
        {
            using var mode = inference_mode();
            using var scope = NewDisposeScope();
            var input = tensor(planes, [count, 4, side, side]).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
            var output = _net.forward(input);
            return new RawOutput(output.TagLogits.data<float>().ToArray(), output.Visual.data<float>().ToArray(), output.Semantic.data<float>().ToArray());
        }
    }

    public void Dispose()
    {
    }
}
