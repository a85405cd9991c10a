using System.Buffers;
using System.Numerics;

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
        var buffer = ArrayPool<Vector4>.Shared.Rent(width + (height * side));
        var line = buffer.AsSpan(0, width);
        var narrow = buffer.AsSpan(width, height * side); // the source's rows, as wide as the target
        for (var y = 0; y < height; y++)
        {
            Premultiply(rgba.Slice((((box.Top + y) * stride) + box.Left) * 4, width * 4), line);
            for (var x = 0; x < side; x++)
            {
                var first = columns.First(x);
                var weights = columns.Weights(x);
                var sum = Vector4.Zero;
                for (var i = 0; i < weights.Length; i++) sum += line[first + i] * weights[i];
                narrow[(y * side) + x] = sum;
            }
        }

        var target = new byte[side * side * 4];
        var sums = new Vector4[side];
        for (var y = 0; y < side; y++)
        {
            var first = rows.First(y);
            var weights = rows.Weights(y);
            if (weights.Length == 0) continue;
            Array.Clear(sums);
            for (var i = 0; i < weights.Length; i++)
            {
                var source = narrow.Slice((first + i) * side, side);
                for (var x = 0; x < side; x++) sums[x] += source[x] * weights[i];
            }
            Store(sums, target.AsSpan(y * side * 4, side * 4));
        }

        ArrayPool<Vector4>.Shared.Return(buffer);
        return target;
    }

    private static void Premultiply(ReadOnlySpan<byte> rgba, Span<Vector4> line)
    {
        for (var x = 0; x < line.Length; x++)
        {
            var pixel = rgba.Slice(x * 4, 4);
            float alpha = pixel[3];
            line[x] = new Vector4(pixel[0], pixel[1], pixel[2], 255f) * (alpha / 255f);
        }
    }

    private static void Store(ReadOnlySpan<Vector4> colours, Span<byte> target)
    {
        for (var x = 0; x < colours.Length; x++)
        {
            var rounded = colours[x] + new Vector4(0.5f);
            var pixel = target.Slice(x * 4, 4);
            (pixel[0], pixel[1], pixel[2], pixel[3]) = ((byte)rounded.X, (byte)rounded.Y, (byte)rounded.Z, (byte)rounded.W);
        }
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

        /// <summary>The first source pixel of a target pixel.</summary>
        public int First(int target) => _first[target];

        /// <summary>The weights of it and of those that follow; their sum is 1.</summary>
        public ReadOnlySpan<float> Weights(int target) => _weights.AsSpan(target * _length, _count[target]);
    }
}
