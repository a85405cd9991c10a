using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Stickers.Tagger.Network;

/// <summary>
/// Bilinear resampling whose filter widens as pictures shrink, so that no source pixel is missed (the antialiased "bilinear" of Pillow and torchvision), first along
/// rows, then along columns. Colours are weighted by alpha.
/// </summary>
internal static class BilinearResampler
{
    private static Vector512<float> Full => Vector512.Create(255f);
    private static Vector512<float> Half => Vector512.Create(0.5f);
    private static Vector128<byte> Alphas => Vector128.Create((byte)3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15);
    private static Vector128<byte> IsAlpha => Vector128.Create(0xFF000000).AsByte();

    /// <summary>Shows a box of a picture in the middle of a square, transparent around.</summary>
    /// <param name="rgba">Straight-alpha RGBA.</param>
    /// <param name="stride">Pixels of a row.</param>
    /// <param name="box">The part that is shown, in pixels; not empty.</param>
    /// <param name="side">Side of the square, which the longer side of the box fills; a multiple of 4.</param>
    /// <param name="target">Receives premultiplied RGBA, row-major, side * side * 4 bytes.</param>
    public static void Fit(ReadOnlySpan<byte> rgba, int stride, (int Left, int Top, int Right, int Bottom) box, int side, Span<byte> target)
    {
        if (side % 4 != 0) throw new ArgumentOutOfRangeException(nameof(side), side, "A multiple of 4 expected.");
        if (target.Length != side * side * 4) throw new ArgumentException($"Room for {side * side * 4} bytes expected, found {target.Length}.", nameof(target));
        int width = box.Right - box.Left, height = box.Bottom - box.Top;
        var longest = Math.Max(width, height);
        var (columns, rows) = (BilinearTaps.Of(width, longest, side), BilinearTaps.Of(height, longest, side));
        var padded = (width + columns.Length) * 4; // what weights of 0 may reach beyond the row is 0 too
        var buffer = ArrayPool<float>.Shared.Rent(padded + (height * side * 4));
        var line = buffer.AsSpan(0, padded);
        line[(width * 4)..].Clear();
        var narrow = buffer.AsSpan(padded, height * side * 4); // the source's rows, as wide as the target
        for (var y = 0; y < height; y++)
        {
            Premultiply(rgba.Slice((((box.Top + y) * stride) + box.Left) * 4, width * 4), line);
            Narrow(line, columns, narrow.Slice(y * side * 4, side * 4));
        }

        for (var y = 0; y < side; y++)
        {
            // Of no rows it is 0: transparent.
            var weights = rows.Weights(y);
            Mean(narrow.Slice(rows.First(y) * side * 4, weights.Length * side * 4), weights, target.Slice(y * side * 4, side * 4));
        }

        ArrayPool<float>.Shared.Return(buffer);
    }

    /// <summary>One row. Four target pixels at a time.</summary>
    private static void Narrow(ReadOnlySpan<float> line, BilinearTaps columns, Span<float> wide)
    {
        var length = columns.Length;
        ref var weights = ref MemoryMarshal.GetArrayDataReference(columns.Fourfold);
        ref var from = ref MemoryMarshal.GetReference(line);
        nuint at = 0;
        for (var x = 0; x < wide.Length / 4; x += 4)
        {
            nuint a = (uint)columns.First(x) * 4, b = (uint)columns.First(x + 1) * 4, c = (uint)columns.First(x + 2) * 4, d = (uint)columns.First(x + 3) * 4;
            var sum = Vector512<float>.Zero;
            for (var i = 0; i < length; i++)
            {
                var lower = Vector256.Create(Vector128.LoadUnsafe(ref from, a), Vector128.LoadUnsafe(ref from, b));
                var upper = Vector256.Create(Vector128.LoadUnsafe(ref from, c), Vector128.LoadUnsafe(ref from, d));
                // Not Vector512.Create of both, for which .NET 10 keeps a vector of nothing in memory and fetches it each time.
                sum += lower.ToVector512Unsafe().WithUpper(upper) * Vector512.LoadUnsafe(ref weights, at);
                (a, b, c, d, at) = (a + 4, b + 4, c + 4, d + 4, at + 16);
            }

            sum.CopyTo(wide[(x * 4)..]);
        }
    }

    /// <summary>The weighted mean of rows, to the nearest byte.</summary>
    private static void Mean(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights, Span<byte> target)
    {
        ref var from = ref MemoryMarshal.GetReference(rows);
        for (var x = 0; x < target.Length; x += 16)
        {
            var sum = Vector512<float>.Zero;
            for (var i = 0; i < weights.Length; i++) sum += Vector512.LoadUnsafe(ref from, (nuint)((i * target.Length) + x)) * Vector512.Create(weights[i]);
            var whole = Vector512.ConvertToInt32(sum + Half).AsUInt32();
            var words = Vector256.Narrow(whole.GetLower(), whole.GetUpper());
            Vector128.Narrow(words.GetLower(), words.GetUpper()).CopyTo(target[x..]);
        }
    }

    private static void Premultiply(ReadOnlySpan<byte> rgba, Span<float> line)
    {
        var done = 0;
        for (; done <= rgba.Length - 16; done += 16)
        {
            var pixels = Vector128.Create(rgba[done..]);
            // Bytes are moved, not what is made of them: without AVX-512 a Vector512 is moved number by number.
            var alphas = ToSingles(Vector128.Shuffle(pixels, Alphas)) / Full;
            (ToSingles(pixels | IsAlpha) * alphas).CopyTo(line[done..]);
        }

        for (; done < rgba.Length; done += 4)
        {
            var colour = new Vector4(rgba[done], rgba[done + 1], rgba[done + 2], 255f) * (rgba[done + 3] / 255f);
            colour.CopyTo(line[done..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ToSingles(Vector128<byte> bytes)
    {
        var (first, second) = Vector128.Widen(bytes);
        var (lower, upper) = Vector256.Widen(Vector256.Create(first, second));
        return Vector512.ConvertToSingle(lower.ToVector512Unsafe().WithUpper(upper).AsInt32());
    }
}
