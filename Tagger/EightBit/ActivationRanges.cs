using Stickers.Tagger.Models;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.EightBit;

/// <summary>What the largest byte stands for in each layer's activations, in the order of <see cref="StickerNet.Activations"/>: the stem's, then of each block those between its convolutions and those after it.</summary>
internal sealed class ActivationRanges
{
    /// <summary>Name of the tensor in a model's weights.</summary>
    public const string Name = "activation_ranges";

    /// <param name="values">One for each layer.</param>
    /// <param name="shape">The network's.</param>
    /// <param name="source">Where they are from, for messages.</param>
    /// <exception cref="InvalidDataException">There are too few or too many, or one is no positive number.</exception>
    public ActivationRanges(float[] values, NetworkConfiguration shape, string source)
    {
        if (values.Length != CountOf(shape)) throw new InvalidDataException($"{source}: {Name} has {values.Length} ranges, the network has {CountOf(shape)} layers of activations. The model is damaged; train again or restore it.");
        if (values.FirstOrDefault(value => !(value > 0 && float.IsFinite(value)), 1) is var bad and not 1)
            throw new InvalidDataException($"{source}: {Name} has a range of {bad}; positive numbers expected. The model is damaged; train again or restore it.");
        Values = values;
    }

    /// <summary>The ranges.</summary>
    public float[] Values { get; }

    /// <summary>How many a network has.</summary>
    public static int CountOf(NetworkConfiguration shape) => 1 + (2 * shape.Blocks.Sum());

    /// <summary>Those of a file's tensors, or null where it has none.</summary>
    /// <exception cref="InvalidDataException">They do not fit the network.</exception>
    public static ActivationRanges? Of(IReadOnlyDictionary<string, NamedTensor> tensors, NetworkConfiguration shape, string source) =>
        tensors.TryGetValue(Name, out var saved) ? new ActivationRanges(saved.Values.ToArray(), shape, source) : null;

    /// <summary>As a file holds them.</summary>
    public NamedTensor ToTensor() => new(Name, [Values.Length], Values);
}
