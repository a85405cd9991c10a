using Stickers.Tagger.Network;
using static TorchSharp.torch;

namespace Stickers.Tagger.Training;

/// <summary>One sticker of a batch.</summary>
/// <param name="Row">Row of the training set.</param>
/// <param name="Seed">Seed of its augmentation.</param>
internal readonly record struct BatchItem(int Row, int Seed);

/// <summary>What one ghost batch gives.</summary>
/// <param name="Gradient">Flat gradient of the ghost batch's mean loss: (P).</param>
/// <param name="Visual">Visual vectors of its stickers: (B, Dv).</param>
/// <param name="Buffers">Batch normalisation's running statistics after it.</param>
/// <param name="Loss">Total loss.</param>
internal sealed record GhostResult(Tensor Gradient, Tensor Visual, Tensor Buffers, double Loss) : IDisposable
{
    public void Dispose()
    {
        Gradient.Dispose();
        Visual.Dispose();
        Buffers.Dispose();
    }
}

/// <summary>A copy of the network that computes the gradient of one ghost batch on one thread.</summary>
internal sealed class Replica : IDisposable
{
    private readonly TrainingSet _set;
    private readonly TrainingOptions _options;
    private readonly StickerAugmenter _augmenter;
    private readonly bool _halfPrecision;
    private readonly float[] _planes;
    private readonly float[] _labels;

    public Replica(NetworkConfiguration configuration, TrainingSet set, TrainingOptions options, bool halfPrecision)
    {
        _set = set;
        _options = options;
        _augmenter = new StickerAugmenter(options.Augmentation);
        _halfPrecision = halfPrecision;
        Net = new StickerNet(configuration);
        Net.train();
        Parameters = FlatParameters.Of(Net);
        Buffers = FlatParameters.BuffersOf(Net);
        _planes = new float[Trainer.GhostBatch * ViewRendering.Length(options.InputSide)];
        _labels = new float[Trainer.GhostBatch * set.Vocabulary.Count];
    }

    public StickerNet Net { get; }

    public FlatParameters Parameters { get; }

    public FlatParameters Buffers { get; }

    /// <summary>Sets weights and running statistics, then computes one ghost batch.</summary>
    public GhostResult Compute(Tensor parameters, Tensor buffers, IReadOnlyList<BatchItem> items, VisualMemory.Sample memory)
    {
        // Each thread that calls LibTorch has a thread count of its own; replicas are the parallelism.
        set_num_threads(1);
        using var scope = NewDisposeScope();
        Parameters.Write(parameters);
        Buffers.Write(buffers);
        foreach (var (_, parameter) in Parameters.Parts) parameter.grad?.zero_();

        using var input = Input(items);
        using var labels = Labels(items);
        var output = Net.forward(_halfPrecision ? input.to_type(ScalarType.BFloat16) : input);
        var loss = Losses.Tags(output.TagLogits, labels, _options.NegativeFocus)
            + (Losses.Semantic(Net.SemanticLogits(output.Semantic), labels) * _options.SemanticWeight)
            + (Losses.Visual(output.Visual, memory.Own, memory.Others, memory.SameGroup) * _options.VisualWeight);
        loss.backward();
        return new GhostResult(
            Parameters.ReadGradient().MoveToOuterDisposeScope(),
            output.Visual.detach().MoveToOuterDisposeScope(),
            Buffers.Read().MoveToOuterDisposeScope(),
            loss.item<float>());
    }

    public void Dispose() => Net.Dispose();

    /// <summary>(B, 4, S, S) float32 in channels-last order, which oneDNN keeps through the network.</summary>
    private Tensor Input(IReadOnlyList<BatchItem> items)
    {
        var side = _options.InputSide;
        var length = ViewRendering.Length(side);
        for (var i = 0; i < items.Count; i++)
        {
            var random = new Random(items[i].Seed);
            var view = _augmenter.Next(random, _set.Rows[items[i].Row].MayMirror);
            ViewRendering.Render(_set.Image(items[i].Row), _set.FittedSide, view, side, _planes.AsSpan(i * length, length));
        }
        return tensor(_planes, [items.Count, 4, side, side]).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
    }

    private Tensor Labels(IReadOnlyList<BatchItem> items)
    {
        var tags = _set.Vocabulary.Count;
        Array.Clear(_labels);
        for (var i = 0; i < items.Count; i++)
        {
            foreach (var tag in _set.Rows[items[i].Row].Tags) _labels[(i * tags) + tag] = 1f;
        }
        return tensor(_labels, [items.Count, tags]);
    }
}
