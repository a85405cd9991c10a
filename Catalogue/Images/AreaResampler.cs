using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Stickers.Catalogue.Images;

/// <summary>
/// Shrinks pictures by exact area averaging: each target pixel is the mean of the source area under it, weighted by alpha,
/// so that the hidden colour of transparent pixels never shows as a fringe. Opaque areas of one colour keep it exactly.
/// </summary>
internal static class AreaResampler
{
    /// <summary>The size that fits <paramref name="maxSide"/> with the aspect kept; never larger than the source.</summary>
    public static (int Width, int Height) Fit(int width, int height, int maxSide)
    {
        var longest = Math.Max(width, height);
        if (longest <= maxSide) return (width, height);
        return (Scaled(width), Scaled(height));

        int Scaled(int side) => (int)Math.Max(1, (2L * side * maxSide + longest) / (2L * longest));
    }

    /// <summary>Shrinks straight-alpha RGBA.</summary>
    /// <param name="source">Rows of <paramref name="stride"/> pixels, of which the first <paramref name="width"/> are read.</param>
    /// <param name="stride">Pixels from one row's start to the next.</param>
    /// <param name="width">Source pixels per row.</param>
    /// <param name="height">Source rows.</param>
    /// <param name="targetWidth">1 to <paramref name="width"/>.</param>
    /// <param name="targetHeight">1 to <paramref name="height"/>.</param>
    public static byte[] Shrink(ReadOnlySpan<byte> source, int stride, int width, int height, int targetWidth, int targetHeight)
    {
        var target = GC.AllocateUninitializedArray<byte>(targetWidth * targetHeight * 4);
        if (targetWidth == width && targetHeight == height)
        {
            for (var y = 0; y < height; y++) source.Slice(y * stride * 4, width * 4).CopyTo(target.AsSpan(y * width * 4));
            return target;
        }

        var buffer = ArrayPool<float>.Shared.Rent(targetWidth * 8);
        var line = MemoryMarshal.Cast<float, Vector128<float>>(buffer.AsSpan(0, targetWidth * 4));
        var sum = MemoryMarshal.Cast<float, Vector128<float>>(buffer.AsSpan(targetWidth * 4, targetWidth * 4));
        sum.Clear();
        // In units where a source pixel is targetHeight tall and a target pixel is height tall, all borders are whole numbers.
        var y1 = 0;
        var missing = height;
        for (var y = 0; y < height; y++)
        {
            ShrinkLine(MemoryMarshal.Cast<byte, uint>(source.Slice(y * stride * 4, width * 4)), line);
            var left = targetHeight;
            while (left > 0)
            {
                var part = Math.Min(left, missing);
                var weight = Vector128.Create((float)part);
                for (var x = 0; x < line.Length; x++) sum[x] += line[x] * weight;
                left -= part;
                missing -= part;
                if (missing > 0) continue;
                Store(sum, 1f / ((float)width * height), target.AsSpan(y1 * targetWidth * 4, targetWidth * 4));
                sum.Clear();
                y1++;
                missing = height;
            }
        }
        ArrayPool<float>.Shared.Return(buffer);
        return target;
    }

    /// <summary>Sums alpha-weighted colour and alpha (times 255) of each target pixel's share of one source row.</summary>
    private static void ShrinkLine(ReadOnlySpan<uint> source, Span<Vector128<float>> line)
    {
        int x = 0, left = line.Length;
        for (var t = 0; t < line.Length; t++)
        {
            var missing = source.Length;
            var sum = Vector128<float>.Zero;
            while (missing > 0)
            {
                var part = Math.Min(left, missing);
                sum += Weighted(source[x]) * Vector128.Create((float)part);
                missing -= part;
                left -= part;
                if (left > 0) continue;
                left = line.Length;
                x++;
            }
            line[t] = sum;
        }
    }

    /// <summary>(R·A, G·A, B·A, 255·A) of one pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Weighted(uint pixel)
    {
        var wide = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(pixel).AsByte()));
        var colour = Vector128.ConvertToSingle(wide.AsInt32()).WithElement(3, 255f);
        return colour * Vector128.Create((float)(pixel >> 24));
    }

    private static void Store(ReadOnlySpan<Vector128<float>> sums, float perArea, Span<byte> target)
    {
        for (var x = 0; x < sums.Length; x++)
        {
            var weight = sums[x][3]; // 255 x sum of alpha
            var alpha = (uint)(weight * perArea / 255f + 0.5f);
            uint pixel = 0; // invisible pixels are all zero, so that equal pictures are equal bytes
            if (alpha > 0)
            {
                var colour = sums[x] * Vector128.Create(255f / weight) + Vector128.Create(0.5f);
                pixel = (uint)colour[0] | (uint)colour[1] << 8 | (uint)colour[2] << 16 | Math.Min(alpha, 255) << 24;
            }
            MemoryMarshal.Write(target[(x * 4)..], pixel);
        }
    }
}
