using System.Buffers;
using System.Runtime.Intrinsics;

namespace Stickers.Tagger.EightBit;

/// <summary>Vectors of signed numbers as pixels of one picture, the smallest square that has room for them, so that a linear layer is a convolution of bytes. What lies in the other pixels does not matter.</summary>
internal static class PixelBytes
{
    /// <summary>The byte that stands for 0.</summary>
    public const byte Zero = 128;

    /// <summary>The largest distance from it.</summary>
    public const float Largest = 127;

    /// <summary>The byte of six bits that stands for 0.</summary>
    public const byte NarrowZero = 32;

    /// <summary>The largest distance from it.</summary>
    public const float LargestNarrow = 31;

    /// <summary>A linear layer.</summary>
    /// <param name="weight">out x in, row-major.</param>
    /// <param name="bias">By output.</param>
    /// <param name="unit">What one step of a byte stands for, by input.</param>
    /// <param name="narrow">Whether bytes have six bits.</param>
    public static Convolution Head(float[] weight, float[] bias, float[] unit, bool narrow = false)
    {
        var zero = new byte[unit.Length];
        Array.Fill(zero, narrow ? NarrowZero : Zero);
        return new Convolution(weight, bias, unit.Length, 1, 1, unit, zero, 1, narrow);
    }

    /// <summary>Side of the picture of n vectors.</summary>
    public static int Side(int n) => (int)Math.Ceiling(Math.Sqrt(n));

    /// <summary>The pixel of one of n vectors.</summary>
    public static Span<byte> Pixel(Span<byte> picture, int n, int vector, int channels)
    {
        var side = Side(n);
        var (row, column) = Math.DivRem(vector, side);
        return picture.Slice((((row + 1) * (side + 2)) + column + 1) * channels, channels);
    }

    /// <summary>Rents the sums of a layer over n vectors, <see cref="Convolution.OutChannels"/> of each.</summary>
    public static float[] Apply(Convolution head, ConvolutionVariant variant, int n, ReadOnlySpan<byte> picture)
    {
        var (side, pixels) = (Side(n), Side(n) * Side(n));
        var sums = ArrayPool<float>.Shared.Rent(pixels * head.OutChannels);
        head.Run(variant, 1, side, picture, sums.AsSpan(0, pixels * head.OutChannels));
        return sums;
    }

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
