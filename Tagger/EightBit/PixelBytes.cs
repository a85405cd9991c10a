using System.Runtime.Intrinsics;

namespace Stickers.Tagger.EightBit;

/// <summary>Vectors of signed numbers as pictures of one pixel, so that a linear layer is a convolution of bytes.</summary>
internal static class PixelBytes
{
    /// <summary>The byte that stands for 0.</summary>
    public const byte Zero = 128;

    /// <summary>The largest distance from it.</summary>
    public const float Largest = 127;

    /// <summary>A linear layer.</summary>
    /// <param name="weight">out x in, row-major.</param>
    /// <param name="bias">By output.</param>
    /// <param name="unit">What one step of a byte stands for, by input.</param>
    public static Convolution Head(float[] weight, float[] bias, float[] unit)
    {
        var zero = new byte[unit.Length];
        Array.Fill(zero, Zero);
        return new Convolution(weight, bias, unit.Length, 1, 1, unit, zero, 1);
    }

    /// <summary>The pixel of one of the pictures, in the middle of its border.</summary>
    public static Span<byte> Pixel(Span<byte> pictures, int picture, int channels) => pictures.Slice(((9 * picture) + 4) * channels, channels);

    /// <summary>z * steps + zero, to the nearest whole number from 0 to most.</summary>
    public static void ToSteps(ReadOnlySpan<float> z, float steps, float zero, int most, Span<int> target)
    {
        var i = 0;
        for (; i <= z.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var scaled = (Vector256.Create(z[i..]) * steps) + Vector256.Create(zero + 0.5f);
            Vector256.ConvertToInt32(Vector256.Min(Vector256.Max(scaled, Vector256<float>.Zero), Vector256.Create((float)most))).CopyTo(target[i..]);
        }

        for (; i < z.Length; i++) target[i] = (int)Math.Min(Math.Max((z[i] * steps) + (zero + 0.5f), 0), most);
    }
}
