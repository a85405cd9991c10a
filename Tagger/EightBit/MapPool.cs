using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Stickers.Tagger.EightBit;

/// <summary>Sums over parts of a map of bytes: whole numbers, so in any order the same.</summary>
internal static class MapPool
{
    /// <summary>Largest map: beyond it a part's sum may not fit 16 bits.</summary>
    private const int MostPixels = 256;

    /// <summary>The sums of each channel over each part of a map, at unit length together; 0 where nothing is.</summary>
    /// <param name="map">(side + 2) x (side + 2) x channels, with its border.</param>
    /// <param name="side">Side of the map.</param>
    /// <param name="channels">Channels as they lie in memory, a multiple of 16.</param>
    /// <param name="parts">Parts on a side.</param>
    /// <param name="unit">Receives C x parts x parts values, C being at most <paramref name="channels"/>.</param>
    public static void Unit(ReadOnlySpan<byte> map, int side, int channels, int parts, Span<float> unit)
    {
        var pool = side / parts;
        if (pool * pool > MostPixels) throw new ArgumentOutOfRangeException(nameof(side), side, $"A part of at most {MostPixels} pixels expected.");
        Span<ushort> sums = stackalloc ushort[channels];
        long squares = 0;
        for (var part = 0; part < parts * parts; part++)
        {
            sums.Clear();
            for (var y = 0; y < pool; y++)
            {
                var row = (((part / parts * pool) + y + 1) * (side + 2)) + (part % parts * pool) + 1;
                for (var x = 0; x < pool; x++) Add(map.Slice((row + x) * channels, channels), sums);
            }

            for (var c = 0; c < unit.Length / (parts * parts); c++)
            {
                squares += (long)sums[c] * sums[c];
                unit[(c * parts * parts) + part] = sums[c];
            }
        }

        if (squares > 0) TensorPrimitives.Divide(unit, (float)Math.Sqrt(squares), unit);
    }

    private static void Add(ReadOnlySpan<byte> values, Span<ushort> sums)
    {
        var vectors = MemoryMarshal.Cast<ushort, Vector128<ushort>>(sums);
        var bytes = MemoryMarshal.Cast<byte, Vector128<byte>>(values);
        for (var i = 0; i < bytes.Length; i++)
        {
            var (low, high) = Vector128.Widen(bytes[i]);
            vectors[2 * i] += low;
            vectors[(2 * i) + 1] += high;
        }
    }
}
