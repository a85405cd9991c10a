using System.Text.Json.Serialization;

namespace Stickers.Catalogue.Images;

/// <summary>What is refused before decoding starts.</summary>
public sealed record ImageLimits
{
    /// <summary>Limits used everywhere unless told otherwise.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Largest encoded file, bytes.</summary>
    public int MaxBytes { get; init; } = 16 << 20;

    /// <summary>Largest width or height, pixels.</summary>
    public int MaxSide { get; init; } = 8192;

    /// <summary>Largest width x height of one frame, pixels.</summary>
    public long MaxPixels { get; init; } = 16 << 20;

    /// <summary>Most animation frames.</summary>
    public int MaxFrames { get; init; } = 500;

    /// <summary>Largest frames x width x height of an animation, pixels: bounds the work of composing it (512x512 x 500 fits).</summary>
    public long MaxAnimationPixels { get; init; } = 256L << 20;

    /// <summary>Longest time, in seconds of a core, that rendering an SVG once is estimated to take at most; up to 10, which null stands for. Nothing stops a drawing that has begun.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // what an import was made with keeps its name
    public double? MaxDrawingSeconds { get; init; }
}
