using Stickers.Tagger.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace Stickers.Tagger.Training;

/// <summary>One sticker of a batch.</summary>
/// <param name="Row">Row of the training set.</param>
/// <param name="Seed">Seed of its augmentation.</param>
internal readonly record struct BatchItem(int Row, int Seed);

/// <summary>What one ghost batch gives; reused from step to step.</summary>
/// <param name="parameters">Number of parameters.</param>
/// <param name="buffers">Number of running statistics.</param>
/// <param name="visual">Values of its visual vectors.</param>
internal sealed class GhostResult(int parameters, int buffers, int visual)
{
    /// <summary>Gradient of the ghost batch's mean loss.</summary>
    public float[] Gradient { get; } = new float[parameters];

    /// <summary>Batch normalisation's running statistics after it.</summary>
    public float[] Buffers { get; } = new float[buffers];

    /// <summary>B x D: visual vectors of its stickers.</summary>
    public float[] Visual { get; } = new float[visual];

    /// <summary>Total loss.</summary>
    public double Loss { get; set; }
}

/// <summary>A copy of the network that computes the gradient of one ghost batch on one thread.</summary>
internal sealed class Replica : IDisposable
{
    /// <summary>Remembered stickers that binary codes are compared with; half as many find less, more cost time.</summary>
    private const int NeighboursOfCodes = 512;

    /// <summary>Share of views that are drawn in another hand, at full strength of augmentation; more helps as much and costs more time.</summary>
    private const float StyleShare = 0.4f;

    private readonly TrainingSet _set;
    private readonly StickerAugmenter _augmenter;
    private readonly RandomConvolution _style = new();
    private readonly float _strength;
    private readonly Losses _losses;
    private readonly Device _device;
    private readonly bool _half;
    private readonly float[] _planes;
    private readonly float[] _labels;
    private readonly float[] _shares;
    private readonly float[] _asked;
    private readonly float[]? _refused;
    private readonly bool[] _isColour;
    private readonly int[] _colours;
    private readonly float[] _information;

    public Replica(NetworkConfiguration configuration, TrainingSet set, TrainingOptions options, Device device)
    {
        _set = set;
        _device = device;
        _half = options.BFloat16 ?? HalfPrecision.IsFast;
        _strength = options.Augmentation;
        _augmenter = new StickerAugmenter(options.Augmentation);
        _losses = new Losses(Trainer.GhostBatch, options.NegativeFocus, options.SemanticWeight, options.VisualWeight, configuration.CodeBits);
        Net = new StickerNet(configuration);
        Net.to(device);
        Net.train();
        Parameters = FlatParameters.Of(Net);
        Buffers = FlatParameters.BuffersOf(Net);
        _planes = new float[Trainer.GhostBatch * ViewRendering.Length(options.InputSide)];
        _labels = new float[Trainer.GhostBatch * configuration.Tags];
        _asked = new float[_labels.Length];
        Array.Fill(_asked, 1f);
        _isColour = [.. set.Vocabulary.Meanings.Select(RandomConvolution.NamesColour)];
        _colours = [.. Enumerable.Range(0, _isColour.Length).Where(tag => _isColour[tag])];
        _refused = set.HasRefusals ? new float[_labels.Length] : null;
        _shares = new float[Trainer.GhostBatch * configuration.Meanings];
        // A rare tag says more about a sticker than a common one: inverse document frequency.
        var stickers = set.TrainingRows.Length;
        _information = [.. set.Vocabulary.Support.Select(s => MathF.Log(1f + (stickers / (float)s)))];
    }

    public StickerNet Net { get; }

    public FlatParameters Parameters { get; }

    public FlatParameters Buffers { get; }

    /// <summary>Sets weights and running statistics, then computes one ghost batch at an input side.</summary>
    public void Compute(float[] parameters, float[] buffers, IReadOnlyList<BatchItem> items, int side, VisualComparison comparison, GhostResult result)
    {
        // Each thread that calls LibTorch has a thread count of its own; replicas are the parallelism.
        set_num_threads(1);
        using var scope = NewDisposeScope();
        Parameters.Write(parameters);
        Buffers.Write(buffers);
        // Without a gradient the new one is taken as it is, where an old one would be added to.
        foreach (var (_, parameter) in Parameters.Parts) parameter.grad = null;

        Draw(items, side);
        int count = items.Count, tags = Net.Configuration.Tags, meanings = Net.Configuration.Meanings, dimension = Net.Configuration.VisualDimension;
        var others = comparison.Others.Length / dimension;
        var input = Upload(_planes.AsSpan(0, count * ViewRendering.Length(side)), count, 4, side, side).ChannelsLast();
        var output = Net.forward(_half ? input.to_type(ScalarType.BFloat16) : input);
        var remembered = Upload(comparison.Others, others, dimension);
        var neighbours = remembered.slice(0, 0, Math.Min(others, NeighboursOfCodes), 1);
        var loss = _losses.Total(
            _losses.Tags(output.TagLogits, Upload(_labels, count, tags), Upload(_asked, count, tags), _refused is null ? null : Upload(_refused, count, tags)),
            _losses.Semantic(Net.SemanticLogits(output.Semantic), Upload(_shares, count, meanings)),
            _losses.Visual(
                output.Visual, Upload(comparison.Own, count, dimension), Upload(comparison.Known, count),
                remembered, Upload(comparison.Masked, count, others)),
            _losses.Code(Net.CodeValues(output.Visual), Net.CodeValues(neighbours), output.Visual, neighbours));
        loss.backward();

        Parameters.ReadGradient(result.Gradient);
        Buffers.Read(result.Buffers);
        output.Visual.detach().cpu().data<float>().CopyTo(result.Visual);
        result.Loss = loss.item<float>();
    }

    public void Dispose() => Net.Dispose();

    private Tensor Upload(ReadOnlySpan<float> values, params long[] shape) => HostTensor.Of(values, shape).to(_device);

    /// <summary>Renders the views and writes the labels of a ghost batch.</summary>
    private void Draw(IReadOnlyList<BatchItem> items, int side)
    {
        var length = ViewRendering.Length(side);
        int tags = Net.Configuration.Tags, meanings = Net.Configuration.Meanings;
        Array.Clear(_labels);
        Array.Clear(_shares);
        if (_refused is not null) Array.Clear(_refused);
        for (var i = 0; i < items.Count; i++)
        {
            var row = _set.Rows[items[i].Row];
            var random = new Random(items[i].Seed);
            var view = _augmenter.Next(random, row.MayMirror);
            var restyled = random.NextSingle() < StyleShare * _strength;
            ViewRendering.Render(_set.Image(items[i].Row), _set.FittedSide, view, side, _planes.AsSpan(i * length, length));
            if (restyled) _style.Apply(random, side, _planes.AsSpan(i * length, length));
            foreach (var tag in _colours.TakeWhile(tag => tag < tags)) _asked[(i * tags) + tag] = restyled ? 0f : 1f;
            foreach (var tag in row.Refused) _refused![(i * tags) + tag] = restyled && _isColour[tag] ? 0f : 1f;
            foreach (var tag in row.Tags.Where(tag => tag < tags)) _labels[(i * tags) + tag] = 1f;
            var shown = restyled ? row.Tags.Where(tag => !_isColour[tag]).ToArray() : row.Tags;
            var information = shown.Sum(tag => _information[tag]);
            foreach (var tag in shown) _shares[(i * meanings) + tag] = _information[tag] / information;
        }
    }
}
