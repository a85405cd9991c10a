using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Stickers.Catalogue;

/// <summary>
/// The inner product that scores are made of. Its sums have one fixed order, so that it gives the same bits on every machine and at every
/// address, with the processor's vector instructions or without.
/// </summary>
public static class ExactDot
{
    private const int Lanes = 16;

    /// <summary>Sum of the products of two vectors of the same length. The error is at most (d + 8) 2^-24 times the product of the norms.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length)
            throw new ArgumentException($"One vector has {a.Length} values, the other {b.Length}.");
        var (first, second) = (Vector512<float>.Zero, Vector512<float>.Zero);
        ref var left = ref MemoryMarshal.GetReference(a);
        ref var right = ref MemoryMarshal.GetReference(b);
        var at = 0;
        for (; at <= a.Length - (2 * Lanes); at += 2 * Lanes)
        {
            first = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref left, (nuint)at), Vector512.LoadUnsafe(ref right, (nuint)at), first);
            second = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref left, (nuint)(at + Lanes)), Vector512.LoadUnsafe(ref right, (nuint)(at + Lanes)), second);
        }

        for (; at <= a.Length - Lanes; at += Lanes)
            first = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref left, (nuint)at), Vector512.LoadUnsafe(ref right, (nuint)at), first);
        var whole = first + second;
        var half = whole.GetLower() + whole.GetUpper();
        var quarter = half.GetLower() + half.GetUpper();
        var sum = quarter[0] + quarter[1] + (quarter[2] + quarter[3]);
        for (; at < a.Length; at++)
            sum = MathF.FusedMultiplyAdd(a[at], b[at], sum);
        return sum;
    }
}
