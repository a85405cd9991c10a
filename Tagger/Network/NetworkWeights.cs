using Stickers.Tagger.EightBit;
using Stickers.Tagger.Models;

namespace Stickers.Tagger.Network;

/// <summary>What a <see cref="StickerNet"/> has learned, as plain arrays by PyTorch's names: all that inference in 8 bits needs, so that it loads no LibTorch.</summary>
internal sealed class NetworkWeights
{
    private const float Epsilon = 1e-5f; // of BatchNorm

    private readonly IReadOnlyDictionary<string, NamedTensor> _tensors;
    private readonly string _source;

    /// <param name="shape">The network's shape.</param>
    /// <param name="tensors">Parameters and running statistics, and ranges of activations where there are some.</param>
    /// <param name="source">Where they are from, for messages.</param>
    /// <exception cref="InvalidDataException">The ranges do not fit the network. Of other tensors that is told where they are asked for.</exception>
    public NetworkWeights(NetworkConfiguration shape, IReadOnlyDictionary<string, NamedTensor> tensors, string source)
    {
        (Shape, _tensors, _source) = (shape, tensors, source);
        Ranges = ActivationRanges.Of(tensors, shape, source);
    }

    /// <summary>The network's shape.</summary>
    public NetworkConfiguration Shape { get; }

    /// <inheritdoc cref="StickerNet.Ranges"/>
    public ActivationRanges? Ranges { get; }

    /// <inheritdoc cref="StickerNet.FeatureCount"/>
    public int FeatureCount => (Shape.Widths[1] * 16) + (Shape.Widths[2] * 4) + Shape.Widths[3];

    /// <summary>A copy of a network's.</summary>
    public static NetworkWeights Of(StickerNet net)
    {
        var tensors = FlatParameters.Of(net).ToTensors().Concat(FlatParameters.BuffersOf(net).ToTensors()).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        if (net.Ranges is { } ranges) tensors.Add(ActivationRanges.Name, ranges.ToTensor());
        return new NetworkWeights(net.Configuration, tensors, "the network");
    }

    /// <summary>The same without prototypes of validation stickers.</summary>
    /// <exception cref="InvalidDataException">A tensor of prototypes is missing or has another shape.</exception>
    public NetworkWeights WithoutValidation()
    {
        if (Shape.ValidationPrototypes == 0) return this;
        if (Shape.ValidationPrototypes < 0 || Shape.ValidationPrototypes > Shape.Prototypes)
            throw new InvalidDataException($"{_source}: {Shape.ValidationPrototypes} of {Shape.Prototypes} prototypes are said to be of validation stickers. The model is damaged; train again or restore it.");
        var (count, dimension) = (Shape.Prototypes - Shape.ValidationPrototypes, Shape.SemanticDimension);
        var vectors = Values("prototypes", Shape.Prototypes, dimension)[..(count * dimension)];
        float[] tags = [.. Values("prototype_tags", Shape.PrototypeTags, 2).ToArray().Chunk(2).Where(pair => pair[0] < count).SelectMany(pair => pair)];
        var tensors = new Dictionary<string, NamedTensor>(_tensors, StringComparer.Ordinal)
        {
            ["prototypes"] = new("prototypes", [count, dimension], vectors),
            ["prototype_tags"] = new("prototype_tags", [tags.Length / 2, 2], tags),
        };
        return new NetworkWeights(Shape with { Prototypes = count, ValidationPrototypes = 0, PrototypeTags = tags.Length / 2 }, tensors, _source);
    }

    /// <summary>A network of them; the caller disposes it.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    public StickerNet ToNet()
    {
        var net = new StickerNet(Shape);
        try
        {
            FlatParameters.Of(net).Load(_tensors, _source);
            FlatParameters.BuffersOf(net).Load(_tensors, _source);
            net.Ranges = Ranges;
            return net;
        }
        catch
        {
            net.Dispose();
            throw;
        }
    }

    /// <summary>A tensor's values, row-major.</summary>
    /// <exception cref="InvalidDataException">It is missing or has another shape.</exception>
    public ReadOnlyMemory<float> Values(string name, params long[] shape)
    {
        if (!_tensors.TryGetValue(name, out var saved)) throw new InvalidDataException($"{_source}: tensor {name} is missing.");
        if (!saved.Shape.SequenceEqual(shape))
            throw new InvalidDataException($"{_source}: tensor {name} has shape [{string.Join(", ", saved.Shape)}], the network expects [{string.Join(", ", shape)}].");
        return saved.Values;
    }

    /// <summary>A batch normalisation in evaluation mode is x * gain + shift, by channel.</summary>
    public (float[] Gain, float[] Shift) Affine(string norm, int channels)
    {
        var (gain, shift) = (Of("weight"), Of("bias"));
        var (mean, variance) = (Of("running_mean"), Of("running_var"));
        for (var c = 0; c < channels; c++)
        {
            gain[c] /= MathF.Sqrt(variance[c] + Epsilon);
            var moved = mean[c] * gain[c];
            shift[c] -= moved;
        }

        return (gain, shift);

        float[] Of(string part) => Values($"{norm}.{part}", channels).ToArray();
    }

    /// <summary>A convolution with its batch normalisation: the kernel, out x in x k x k, and what is then added, (out).</summary>
    public (float[] Kernel, float[] Offset) Folded(string layer, int inChannels, int outChannels, int side)
    {
        var kernel = Values($"{layer}.weight", outChannels, inChannels, side, side).ToArray();
        var (gain, shift) = Affine($"{layer}.bn", outChannels);
        var taps = inChannels * side * side;
        for (var i = 0; i < kernel.Length; i++) kernel[i] *= gain[i / taps];
        return (kernel, shift);
    }

    /// <summary>A linear layer: weights, out x in, and biases, (out).</summary>
    public (float[] Weight, float[] Bias) Linear(string layer, int inputs, int outputs) =>
        (Values($"{layer}.weight", outputs, inputs).ToArray(), Values($"{layer}.bias", outputs).ToArray());
}
