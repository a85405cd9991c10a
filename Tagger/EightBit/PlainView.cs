using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.EightBit;

/// <summary>
/// <see cref="View.Plain"/> in bytes. A fitted picture is five quarters as large as the network's input, so bilinear samples have weights of whole eighths, and all is done in whole numbers.
/// R, G and B over white lie in steps of 1/255, alpha in steps of 1/254, which has a middle: what the network takes for 0 then is a byte in each of them.
/// </summary>
internal static class PlainView
{
    /// <summary>Eighths of the right or lower one of two neighbours, and of the other, for four outputs, which lie between five inputs.</summary>
    private static Vector256<ushort> Later => Vector256.Create((ushort)1, 1, 1, 1, 3, 3, 3, 3, 5, 5, 5, 5, 7, 7, 7, 7);
    private static Vector256<ushort> Earlier => Vector256.Create((ushort)7, 7, 7, 7, 5, 5, 5, 5, 3, 3, 3, 3, 1, 1, 1, 1);

    private static Vector128<byte> Alpha => Vector128.Create(0xFF000000u).AsByte();

    /// <summary>The bytes that stand for what the network takes for 0.</summary>
    public static ReadOnlySpan<byte> Zero => [153, 153, 153, 127];

    /// <summary>What a step stands for: RGB is shown as (v - 0.6) * 3, alpha as (a - 0.5) * 2.</summary>
    public static ReadOnlySpan<float> Unit => [3f / 255, 3f / 255, 3f / 255, 1f / 127];

    /// <summary>Draws a fitted picture into one with a border, and fills the border with <see cref="Zero"/>.</summary>
    /// <param name="fitted">Premultiplied RGBA, side 5/4 of the output's.</param>
    /// <param name="side">Side of the output; a multiple of 4.</param>
    /// <param name="target">Receives (side + 2) * (side + 2) * 4 bytes.</param>
    /// <exception cref="ArgumentException">A length does not fit the side.</exception>
    public static void Draw(ReadOnlySpan<byte> fitted, int side, Span<byte> target)
    {
        var fittedSide = InputFitting.FittedSide(side);
        if (side % 4 != 0 || fitted.Length != fittedSide * fittedSide * 4) throw new ArgumentException($"{fittedSide * fittedSide * 4} bytes expected, found {fitted.Length}.", nameof(fitted));
        if (target.Length != Convolution.Bordered(1, side, 4)) throw new ArgumentException($"Room for {Convolution.Bordered(1, side, 4)} bytes expected, found {target.Length}.", nameof(target));
        MemoryMarshal.Cast<byte, uint>(target).Fill(MemoryMarshal.Read<uint>(Zero));
        Span<ushort> row = stackalloc ushort[fittedSide * 4];
        for (var y = 0; y < side; y++)
        {
            var (first, eighths) = ((y / 4 * 5) + (y % 4), (ushort)((2 * (y % 4)) + 1));
            Between(fitted.Slice(first * fittedSide * 4, fittedSide * 4), fitted.Slice((first + 1) * fittedSide * 4, fittedSide * 4), eighths, row);
            var to = target.Slice((((y + 1) * (side + 2)) + 1) * 4, side * 4);
            ref var from = ref MemoryMarshal.GetReference(row);
            ref var drawn = ref MemoryMarshal.GetReference(to);
            for (var x = 0; x < side; x += 4)
            {
                var sum = (Vector256.LoadUnsafe(ref from, (nuint)(x * 5)) * Earlier) + (Vector256.LoadUnsafe(ref from, (nuint)((x * 5) + 4)) * Later);
                var words = Vector256.ShiftRightLogical(sum + Vector256.Create((ushort)32), 6);
                var bytes = Vector128.Narrow(words.GetLower(), words.GetUpper());
                // 256 steps of alpha become 255: of the two in the middle one.
                (bytes - (Vector128.ShiftRightLogical(bytes, 7) & Alpha)).StoreUnsafe(ref drawn, (nuint)(x * 4));
            }
        }
    }

    /// <summary>Between two rows, over white, in eighths.</summary>
    private static void Between(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, ushort eighths, Span<ushort> row)
    {
        // All three are as long: a multiple of 16.
        ref var top = ref MemoryMarshal.GetReference(upper);
        ref var bottom = ref MemoryMarshal.GetReference(lower);
        ref var between = ref MemoryMarshal.GetReference(row);
        for (var i = 0; i < row.Length; i += 16)
        {
            var (lowA, highA) = Vector128.Widen(OverWhite(Vector128.LoadUnsafe(ref top, (nuint)i)));
            var (lowB, highB) = Vector128.Widen(OverWhite(Vector128.LoadUnsafe(ref bottom, (nuint)i)));
            ((lowA * (ushort)(8 - eighths)) + (lowB * eighths)).StoreUnsafe(ref between, (nuint)i);
            ((highA * (ushort)(8 - eighths)) + (highB * eighths)).StoreUnsafe(ref between, (nuint)(i + 8));
        }
    }

    /// <summary>Four pixels: colours, of which none exceeds its alpha, with what white adds to them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> OverWhite(Vector128<byte> pixels)
    {
        var alpha = Vector128.Shuffle(pixels, Vector128.Create((byte)3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15));
        var white = Vector128.AndNot(~alpha, Alpha);
        return pixels + white;
    }
}
