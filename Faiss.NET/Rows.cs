using System.Numerics;
using System.Runtime.InteropServices;

namespace Faiss;

/// <summary>Checks blocks of vectors before they go down to native code.</summary>
internal static class Rows
{
    /// <summary>How many vectors a block of finite values holds.</summary>
    /// <exception cref="ArgumentException">The length is no multiple of d, or a value is not finite.</exception>
    public static int Count(ReadOnlySpan<float> vectors, int d, string name)
    {
        var n = Count(vectors.Length, d, name);
        // Faiss drops such vectors silently, or finds nothing.
        if (!AllFinite(vectors))
            throw new ArgumentException("A value is NaN or infinite.", name);
        return n;
    }

    /// <summary>How many rows of <paramref name="width"/> make up a length.</summary>
    /// <exception cref="ArgumentException">Not a whole number.</exception>
    public static int Count(int length, int width, string name) => length % width == 0
        ? length / width
        : throw new ArgumentException($"{length} values are no whole number of vectors of {width}.", name);

    /// <exception cref="ArgumentException">Results do not fit n queries with k neighbours each.</exception>
    public static void CheckResults(int n, int k, int distances, int ids)
    {
        if (distances != (long)n * k)
            throw new ArgumentException($"{n} queries with k = {k} need {(long)n * k} distances, but {distances} were given.", nameof(distances));
        if (ids != (long)n * k)
            throw new ArgumentException($"{n} queries with k = {k} need {(long)n * k} ids, but {ids} were given.", nameof(ids));
    }

    /// <exception cref="ArgumentException">Not n ids, or one is negative.</exception>
    public static void CheckIds(int n, ReadOnlySpan<long> ids)
    {
        if (ids.Length != n)
            throw new ArgumentException($"{n} vectors need {n} ids, but {ids.Length} were given.", nameof(ids));
        foreach (var id in ids)
        {
            if (id < 0)
                throw new ArgumentException($"The id {id} is negative.", nameof(ids));
        }
    }

    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        const uint exponent = 0x7F800000; // all ones in NaN and in infinity
        var bits = MemoryMarshal.Cast<float, uint>(values);
        var mask = new Vector<uint>(exponent);
        var i = 0;
        for (; i <= bits.Length - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            if (Vector.EqualsAny(new Vector<uint>(bits[i..]) & mask, mask))
                return false;
        }

        for (; i < bits.Length; i++)
        {
            if ((bits[i] & exponent) == exponent)
                return false;
        }

        return true;
    }
}
