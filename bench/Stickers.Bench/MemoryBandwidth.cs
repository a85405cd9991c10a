using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Stickers.Bench;

/// <summary>How fast one thread reads memory that no cache holds: a sum over a gigabyte, 16 registers wide.</summary>
internal static unsafe class MemoryBandwidth
{
    private const long Bytes = 1L << 30;

    /// <returns>Bytes per second, best of several passes.</returns>
    public static double Measure(int passes = 5)
    {
        var memory = (byte*)NativeMemory.AlignedAlloc((nuint)Bytes + 8192, 2 << 20);
        try
        {
            _ = Advise((nint)memory, (nuint)Bytes, 14);
            NativeMemory.Fill(memory, (nuint)Bytes + 8192, 1);
            double best = 0;
            ulong sum = 0;
            for (var pass = 0; pass < passes; pass++)
            {
                var clock = Stopwatch.StartNew();
                sum += Sum(memory);
                best = Math.Max(best, Bytes / clock.Elapsed.TotalSeconds);
            }

            return sum == 0 ? 0 : best;
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    private static ulong Sum(byte* memory)
    {
        var (a, b, c, d) = (Vector512<ulong>.Zero, Vector512<ulong>.Zero, Vector512<ulong>.Zero, Vector512<ulong>.Zero);
        for (var at = memory; at < memory + Bytes; at += 256)
        {
            Sse.Prefetch0(at + 4096);
            Sse.Prefetch0(at + 4160);
            Sse.Prefetch0(at + 4224);
            Sse.Prefetch0(at + 4288);
            a += Vector512.Load((ulong*)at);
            b += Vector512.Load((ulong*)(at + 64));
            c += Vector512.Load((ulong*)(at + 128));
            d += Vector512.Load((ulong*)(at + 192));
        }

        return Vector512.Sum(a + b + c + d);
    }

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(nint address, nuint length, int advice);
}
