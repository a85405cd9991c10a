using System.Numerics.Tensors;

namespace Stickers.Tagger.Training;

/// <summary>
/// Draws a picture in another hand: a convolution with random weights changes its colours, outlines and shading and leaves its shapes (Xu et al. 2021, "Robust and
/// generalizable visual representation learning via random convolutions"). One sticker is drawn in many styles, and what is learned should not depend on which; tags of colours are not asked of such a picture.
/// </summary>
internal sealed class RandomConvolution
{
    /// <summary>Words of tags that a picture drawn in other colours no longer proves or disproves.</summary>
    private static readonly HashSet<string> Colours = new(StringComparer.Ordinal)
    {
        "red", "orange", "yellow", "green", "blue", "purple", "violet", "pink", "magenta", "brown", "black", "white", "grey", "gray", "turquoise", "cyan", "teal", "beige",
        "gold", "golden", "silver", "color", "colour", "colors", "colours", "colored", "coloured", "colorful", "colourful", "rainbow", "skin", "blond", "blonde", "dark", "light",
    };

    private const int Channels = 3, Kernel = 3;

    /// <summary>What a convolution of inputs of unit variance, scaled to unit weight, is enlarged by to look as strong as the picture.</summary>
    private const float Gain = 1.5f;

    private float[] _padded = [];
    private float[] _styled = [];

    /// <summary>Whether a tag speaks of colours.</summary>
    public static bool NamesColour(string tag) => tag.Split(' ').Any(Colours.Contains);

    /// <summary>Convolves red, green and blue by weights drawn anew, 1x1 or 3x3, and mixes the result into them by a random share. Alpha stays.</summary>
    /// <param name="random">Source of randomness, seeded by the caller.</param>
    /// <param name="side">Side of the picture.</param>
    /// <param name="planes">Planes of a view, at least 3 * side * side values around 0; changed in place.</param>
    public void Apply(Random random, int side, Span<float> planes)
    {
        var kernel = random.Next(2) == 0 ? 1 : Kernel;
        var taps = kernel * kernel;
        Span<float> weights = stackalloc float[Channels * Channels * taps];
        var scale = Gain / MathF.Sqrt(Channels * taps);
        foreach (ref var weight in weights) weight = Gaussian(random) * scale;
        var share = random.NextSingle();

        var (area, wide) = (side * side, side + 2);
        if (_styled.Length < Channels * area) (_styled, _padded) = (new float[Channels * area], new float[Channels * wide * wide]);
        for (var plane = 0; plane < Channels; plane++) Pad(planes.Slice(plane * area, area), side, _padded.AsSpan(plane * wide * wide, wide * wide));
        var styled = _styled.AsSpan(0, Channels * area);
        styled.Clear();
        var border = 1 - (kernel / 2); // of the padding, what a 1x1 kernel skips
        for (var to = 0; to < Channels; to++)
        {
            for (var y = 0; y < side; y++)
            {
                var row = styled.Slice((to * area) + (y * side), side);
                for (var tap = 0; tap < Channels * taps; tap++)
                {
                    var (from, dy, dx) = (tap / taps, tap % taps / kernel, tap % kernel);
                    var source = _padded.AsSpan((from * wide * wide) + ((y + border + dy) * wide) + border + dx, side);
                    TensorPrimitives.MultiplyAdd(source, weights[(to * Channels * taps) + tap], row, row);
                }
            }
        }

        var colours = planes[..(Channels * area)];
        TensorPrimitives.Lerp(styled, colours, share, colours);
    }

    /// <summary>Copies a plane with a border of one pixel that repeats its edge.</summary>
    private static void Pad(ReadOnlySpan<float> plane, int side, Span<float> padded)
    {
        var wide = side + 2;
        for (var y = 0; y < wide; y++)
        {
            var source = plane.Slice(Math.Clamp(y - 1, 0, side - 1) * side, side);
            var row = padded.Slice(y * wide, wide);
            source.CopyTo(row[1..]);
            (row[0], row[^1]) = (source[0], source[^1]);
        }
    }

    /// <summary>A normal number by the method of Box and Muller (1958).</summary>
    private static float Gaussian(Random random) => MathF.Sqrt(-2f * MathF.Log(1f - random.NextSingle())) * MathF.Cos(MathF.Tau * random.NextSingle());
}
