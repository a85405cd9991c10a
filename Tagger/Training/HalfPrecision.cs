namespace Stickers.Tagger.Training;

/// <summary>Whether this processor multiplies bfloat16 in hardware; without it bfloat16 is emulated and slower than float32.</summary>
internal static class HalfPrecision
{
    /// <summary>True with AVX512-BF16 or AMX-BF16, which .NET has no property for; the kernel lists what it found.</summary>
    public static bool IsFast { get; } = Detect();

    private static bool Detect()
    {
        const string Cpus = "/proc/cpuinfo";
        if (!File.Exists(Cpus)) return false;
        var flags = File.ReadLines(Cpus).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal));
        return flags is not null && flags.Split(' ').Any(flag => flag is "avx512_bf16" or "amx_bf16");
    }
}
