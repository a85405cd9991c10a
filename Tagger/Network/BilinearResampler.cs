using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
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
    /// <summary>Shows a box of a picture in the middle of a square, transparent around.</summary>
    /// <param name="rgba">Straight-alpha RGBA.</param>
    /// <param name="stride">Pixels of a row.</param>
    /// <param name="box">The part that is shown, in pixels; not empty.</param>
    /// <param name="side">Side of the square, which the longer side of the box fills.</param>
    /// <returns>Premultiplied RGBA, row-major, side * side * 4 bytes.</returns>
    public static byte[] Fit(ReadOnlySpan<byte> rgba, int stride, (int Left, int Top, int Right, int Bottom) box, int side)
    {
        int width = box.Right - box.Left, height = box.Bottom - box.Top;
        var scale = side / (double)Math.Max(width, height);
        var (columns, rows) = (new Taps(width, scale, side), new Taps(height, scale, side));
        var padded = width + columns.Length; // what weights of 0 may reach beyond the row is 0 too
        var buffer = ArrayPool<Vector4>.Shared.Rent(padded + (height * side));
        var line = buffer.AsSpan(0, padded);
        line.Clear();
        var narrow = buffer.AsSpan(padded, height * side); // the source's rows, as wide as the target
        for (var y = 0; y < height; y++)
        {
            Premultiply(rgba.Slice((((box.Top + y) * stride) + box.Left) * 4, width * 4), line[..width]);
            Narrow(line, columns, narrow.Slice(y * side, side));
        }

        var target = new byte[side * side * 4];
        var sums = new float[side * 4];
        for (var y = 0; y < side; y++)
        {
            var first = rows.First(y);
            var weights = rows.Weights(y);
            if (weights.Length == 0) continue;
            Array.Clear(sums);
            for (var i = 0; i < weights.Length; i++)
            {
                // Eight or sixteen numbers at a time, whatever pixel they are of.
                var source = MemoryMarshal.Cast<Vector4, float>(narrow.Slice((first + i) * side, side));
                TensorPrimitives.MultiplyAdd(source, weights[i], sums, sums);
            }
            Store(sums, target.AsSpan(y * side * 4, side * 4));
        }

        ArrayPool<Vector4>.Shared.Return(buffer);
        return target;
    }

    /// <summary>One row. Four target pixels at a time, whose sums do not wait for each other.</summary>
    private static void Narrow(ReadOnlySpan<Vector4> line, Taps columns, Span<Vector4> wide)
    {
        var (x, length) = (0, columns.Length);
        for (; x <= wide.Length - 4; x += 4)
        {
            var (a, b, c, d) = (Vector128<float>.Zero, Vector128<float>.Zero, Vector128<float>.Zero, Vector128<float>.Zero);
            ref readonly var weights = ref columns.Weight(x);
            ref readonly var sa = ref line.Slice(columns.First(x), length)[0];
            ref readonly var sb = ref line.Slice(columns.First(x + 1), length)[0];
            ref readonly var sc = ref line.Slice(columns.First(x + 2), length)[0];
            ref readonly var sd = ref line.Slice(columns.First(x + 3), length)[0];
            for (var i = 0; i < length; i++)
            {
                a += At(in sa, i).AsVector128() * At(in weights, i);
                b += At(in sb, i).AsVector128() * At(in weights, i + length);
                c += At(in sc, i).AsVector128() * At(in weights, i + (2 * length));
                d += At(in sd, i).AsVector128() * At(in weights, i + (3 * length));
            }

            (wide[x], wide[x + 1], wide[x + 2], wide[x + 3]) = (a.AsVector4(), b.AsVector4(), c.AsVector4(), d.AsVector4());
        }

        for (; x < wide.Length; x++)
        {
            var sum = Vector4.Zero;
            var weights = columns.Weights(x);
            for (var i = 0; i < weights.Length; i++) sum += line[columns.First(x) + i] * weights[i];
            wide[x] = sum;
        }

        static T At<T>(ref readonly T first, int i) => Unsafe.Add(ref Unsafe.AsRef(in first), i);
    }

    private static void Premultiply(ReadOnlySpan<byte> rgba, Span<Vector4> line)
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(rgba);
        for (var x = 0; x < line.Length; x++)
        {
            var bytes = Vector128.CreateScalarUnsafe(pixels[x]).AsByte();
            var colour = Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32()).AsVector4();
            line[x] = colour with { W = 255f } * (colour.W / 255f);
        }
    }

    private static void Store(ReadOnlySpan<float> colours, Span<byte> target)
    {
        var done = 0;
        for (; done <= colours.Length - Vector128<byte>.Count; done += Vector128<byte>.Count)
        {
            var from = colours.Slice(done, Vector128<byte>.Count);
            Vector128.Narrow(Vector128.Narrow(Whole(from), Whole(from[4..])), Vector128.Narrow(Whole(from[8..]), Whole(from[12..]))).CopyTo(target[done..]);
        }

        for (; done < colours.Length; done++) target[done] = (byte)(colours[done] + 0.5f);

        static Vector128<uint> Whole(ReadOnlySpan<float> values) => Vector128.ConvertToInt32(Vector128.Create(values) + Vector128.Create(0.5f)).AsUInt32();
    }

    /// <summary>Which source pixels each target pixel is the weighted mean of; none beside the picture.</summary>
    private readonly struct Taps
    {
        private readonly int _length;
        private readonly int[] _first;
        private readonly int[] _count;
        private readonly float[] _weights;

        /// <param name="source">Pixels of the source.</param>
        /// <param name="scale">Target pixels to one of them.</param>
        /// <param name="target">Pixels of the target, in whose middle the source lies.</param>
        public Taps(int source, double scale, int target)
        {
            var reach = Math.Max(1, 1 / scale);
            _length = (int)Math.Ceiling(2 * reach) + 1;
            (_first, _count, _weights) = (new int[target], new int[target], new float[target * _length]);
            for (var t = 0; t < target; t++)
            {
                var centre = (t + 0.5 - (target / 2.0)) / scale + (source / 2.0);
                if (centre < 0 || centre > source) continue;
                var first = _first[t] = Math.Max(0, (int)Math.Ceiling(centre - 0.5 - reach));
                var last = Math.Min(source - 1, (int)Math.Floor(centre - 0.5 + reach));
                _count[t] = last - first + 1;
                double sum = 0;
                for (var s = first; s <= last; s++) sum += Weight(s);
                for (var s = first; s <= last; s++) _weights[(t * _length) + s - first] = (float)(Weight(s) / sum);

                double Weight(int s) => Math.Max(0, 1 - (Math.Abs(s + 0.5 - centre) / reach));
            }
        }

        /// <summary>Most weights of a target pixel.</summary>
        public int Length => _length;

        /// <summary>The first of as many weights, those behind its own being 0; those of the next target pixel follow.</summary>
        public ref readonly float Weight(int target) => ref _weights[target * _length];

        /// <summary>The first source pixel of a target pixel.</summary>
        public int First(int target) => _first[target];

        /// <summary>The weights of it and of those that follow; their sum is 1.</summary>
        public ReadOnlySpan<float> Weights(int target) => _weights.AsSpan(target * _length, _count[target]);
    }
}
