using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Faiss.Interop;

/// <summary>Finds the fastest build of the native library that is there and that this processor runs.</summary>
internal static class NativeLibraryChoice
{
    /// <summary>The name that the externs import.</summary>
    public const string Name = "faiss_net";

    /// <summary>Names a build that must be taken: <c>generic</c>, <c>avx2</c> or <c>avx512</c>.</summary>
    public const string Variable = "FAISS_NET_VARIANT";

    /// <summary>Best first.</summary>
    private static readonly (string Variant, bool Runs, string File)[] Builds =
    [
        ("avx512", RunsAvx512, "libfaiss_net.avx512.so"),
        ("avx2", RunsAvx2, "libfaiss_net.avx2.so"),
        ("generic", true, "libfaiss_net.so"),
    ];

    /// <summary>What <c>-mavx2 -mfma -mf16c -mpopcnt</c> asks for; no processor has the first two without the others.</summary>
    private static bool RunsAvx2 => Avx2.IsSupported && Fma.IsSupported && Popcnt.IsSupported;

    /// <summary>What <c>-march=x86-64-v4</c> asks for.</summary>
    private static bool RunsAvx512 => RunsAvx2 && Bmi1.IsSupported && Bmi2.IsSupported && Lzcnt.IsSupported && Avx512F.IsSupported
        && Avx512F.VL.IsSupported && Avx512BW.IsSupported && Avx512CD.IsSupported && Avx512DQ.IsSupported;

    /// <summary>Must run before the first extern is called.</summary>
    public static void Register() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraryChoice).Assembly, Resolve);

    /// <summary>The files to try, in order.</summary>
    /// <param name="wanted">The value of <see cref="Variable"/>, or null.</param>
    /// <exception cref="DllNotFoundException">No such build, or this processor does not run it.</exception>
    public static IReadOnlyList<string> Candidates(string? wanted)
    {
        if (string.IsNullOrEmpty(wanted))
            return [.. Builds.Where(build => build.Runs).Select(build => build.File)];
        var (variant, runs, file) = Builds.FirstOrDefault(build => build.Variant == wanted);
        if (variant is null)
            throw new DllNotFoundException($"{Variable} is '{wanted}'; expected generic, avx2 or avx512.");
        return runs ? [file] : throw new DllNotFoundException($"{Variable} is '{wanted}', and this processor does not run that.");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Name)
            return 0;
        var wanted = Environment.GetEnvironmentVariable(Variable);
        foreach (var file in Candidates(wanted))
        {
            if (NativeLibrary.TryLoad(file, assembly, searchPath, out var library))
                return library;
        }

        return string.IsNullOrEmpty(wanted)
            ? 0 // .NET then says where it looked
            : throw new DllNotFoundException($"{Variable} is '{wanted}', and that build is not beside Faiss.NET.dll: native/build-fast.sh makes it.");
    }
}
