using System.Text.Json.Serialization;

namespace Stickers.Tagger.Network;

/// <summary>Shape of a <see cref="StickerNet"/>. Weights never travel without it.</summary>
public sealed record NetworkConfiguration
{
    /// <summary>Side of the square input, pixels. A multiple of 16.</summary>
    public int InputSide { get; init; } = 64;

    /// <summary>Channels of the four stages; the stem has as many as the first.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [32, 64, 128, 256];

    /// <summary>Residual blocks in each of the four stages.</summary>
    public IReadOnlyList<int> Blocks { get; init; } = [1, 1, 1, 1];

    /// <summary>Number of tags that are suggested, V.</summary>
    public required int Tags { get; init; }

    /// <summary>Number of tags that have a vector in the semantic space, M: the V suggested ones first, then rarer ones.</summary>
    public required int Meanings { get; init; }

    /// <summary>Length of a visual vector.</summary>
    public int VisualDimension { get; init; } = 128;

    /// <summary>Length of a semantic vector and of a tag's vector.</summary>
    public int SemanticDimension { get; init; } = 128;

    /// <summary>Whether the semantic head reads the features squashed, as one fitted after training does; false in models without a fit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SquashedSemantics { get; init; }

    /// <summary>Prototypes in the semantic space, C: single stickers, or means of some with the same tags. 0 in models whose tags are read by the tag head alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Prototypes { get; init; }

    /// <summary>How many of the prototypes, the last, are of validation stickers: without them the network has learned nothing from those.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int ValidationPrototypes { get; init; }

    /// <summary>Tags of all prototypes together, P.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int PrototypeTags { get; init; }

    /// <summary>Inverse temperature of the similarity to prototypes; null in models from before it was written, where it is 20.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public float? PrototypeSpread { get; init; }

    /// <summary>How much the tag head's say of a tag weighs beside the prototypes', 0 to 1; null in models from before it was written, where it is 0.25.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public float? TagHeadShare { get; init; }

    /// <summary>The spread that counts, and the share of the tag head.</summary>
    internal (float Spread, float Share) Mixture => (PrototypeSpread ?? 20f, TagHeadShare ?? 0.25f);

    /// <summary>Length of a visual vector's binary code, 0 to 4096; 0 in models that have no head for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // so that the hash of older models stays what it was
    public int CodeBits { get; init; }

    /// <summary><see cref="InputFitting.Version"/> that it learned with: another one would show it other pictures.</summary>
    public int Fitting { get; init; } = InputFitting.Version;
}
