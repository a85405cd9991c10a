using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Stickers.Catalogue.Images;

namespace Stickers.IndexBuilder.Duplicates;

/// <summary>
/// Where a drawing has edges, and which way they run, whatever its colours: histograms of oriented gradients (Dalal and Triggs 2005, "Histograms of Oriented Gradients for Human
/// Detection") in a grid over what is drawn. A recoloured drawing keeps its edges.
/// </summary>
internal static class OrientedGradients
{
    /// <summary>Cells on a side of the grid.</summary>
    private const int Cells = 8;

    /// <summary>Directions told apart, of half a circle: dark on light is as light on dark.</summary>
    private const int Directions = 4;

    /// <summary>Longest side of the pictures that are described, so that a picture and a larger one of it have the same edges.</summary>
    public const int Side = 64;

    /// <summary>Values of a description.</summary>
    public const int Dimension = Cells * Cells * Directions;

    /// <summary>What lies around a picture: grey, so that no colour is near to it, and transparent.</summary>
    private static readonly Vector4 Outside = new(0.5f, 0.5f, 0.5f, 0f);

    /// <summary>Describes a picture by a unit vector; the cosine of two says how alike the drawings are.</summary>
    /// <param name="image">At most <see cref="Side"/> pixels a side.</param>
    /// <param name="description">Receives <see cref="Dimension"/> values, none negative.</param>
    /// <returns>False for a picture without any edge.</returns>
    public static bool TryDescribe(RasterImage image, Span<float> description)
    {
        description.Clear();
        if (InkBox.Of(image) is not var (left, top, right, bottom)) return false;
        var side = Math.Max(right - left, bottom - top);
        // The box in the middle of a square, whose cells' centres are at 0, 1, ...
        var scale = Cells / (float)side;
        var (shiftX, shiftY) = ((side - (right - left)) / 2f - left + 0.5f, (side - (bottom - top)) / 2f - top + 0.5f);
        for (var y = top - 1; y <= bottom; y++)
        {
            for (var x = left - 1; x <= right; x++)
            {
                var (gradientX, gradientY) = Gradient(image, x, y);
                var strength = (gradientX * gradientX) + (gradientY * gradientY);
                if (strength == 0) continue;
                // The root of the gradient's length: a faint edge says as much of a drawing as a strong one.
                strength = MathF.Sqrt(MathF.Sqrt(strength));
                var turn = MathF.Atan2(gradientY, gradientX) / MathF.PI;
                Spread(description, ((x + shiftX) * scale) - 0.5f, ((y + shiftY) * scale) - 0.5f, (turn - MathF.Floor(turn)) * Directions, strength);
            }
        }

        var length = TensorPrimitives.Norm<float>(description);
        if (length == 0) return false;
        TensorPrimitives.Divide(description, length, description);
        return true;
    }

    /// <summary>The gradient of that channel, alpha among them, which changes most.</summary>
    private static (float X, float Y) Gradient(RasterImage image, int x, int y)
    {
        var horizontal = Pixel(image, x + 1, y) - Pixel(image, x - 1, y);
        var vertical = Pixel(image, x, y + 1) - Pixel(image, x, y - 1);
        var strength = (horizontal * horizontal) + (vertical * vertical);
        var best = 0;
        for (var channel = 1; channel < 4; channel++)
        {
            if (strength[channel] > strength[best]) best = channel;
        }

        return (horizontal[best], vertical[best]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector4 Pixel(RasterImage image, int x, int y)
    {
        if ((uint)x >= (uint)image.Width || (uint)y >= (uint)image.Height) return Outside;
        var at = ((y * image.Width) + x) * 4;
        var pixel = new Vector4(image.Rgba[at], image.Rgba[at + 1], image.Rgba[at + 2], 255f) / 255f;
        return Vector4.Lerp(Outside, pixel, image.Rgba[at + 3] / 255f);
    }

    /// <summary>Shares a gradient out among the two nearest cells each way and the two nearest directions.</summary>
    private static void Spread(Span<float> description, float x, float y, float direction, float strength)
    {
        int column = (int)MathF.Floor(x), row = (int)MathF.Floor(y), first = (int)direction;
        float right = x - column, below = y - row, second = direction - first;
        for (var cell = 0; cell < 4; cell++)
        {
            int c = column + (cell & 1), r = row + (cell >> 1);
            if ((uint)c >= Cells || (uint)r >= Cells) continue;
            var share = strength * ((cell & 1) == 0 ? 1 - right : right) * (cell >> 1 == 0 ? 1 - below : below);
            var at = ((r * Cells) + c) * Directions;
            description[at + (first % Directions)] += share * (1 - second);
            description[at + ((first + 1) % Directions)] += share * second;
        }
    }
}
