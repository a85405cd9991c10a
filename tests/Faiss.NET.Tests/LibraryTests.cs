using System.Runtime.InteropServices;
using Faiss.Interop;

namespace Faiss.Tests;

public sealed unsafe class LibraryTests
{
    private static readonly (string File, string Variant)[] Builds =
        [("libfaiss_net.avx512.so", "avx512"), ("libfaiss_net.avx2.so", "avx2"), ("libfaiss_net.so", "generic")];

    [Fact]
    public void Candidates_ThisProcessor_BestFirstAndGenericLast()
    {
        var files = NativeLibraryChoice.Candidates(null);
        Assert.Equal(Builds.Select(build => build.File).Where(files.Contains), files);
        Assert.Equal("libfaiss_net.so", files[^1]);
        Assert.Equal(["libfaiss_net.so"], NativeLibraryChoice.Candidates("generic"));
    }

    [Fact]
    public void Candidates_UnknownVariant_Throws() =>
        Assert.Contains("expected generic, avx2 or avx512", Assert.Throws<DllNotFoundException>(() => NativeLibraryChoice.Candidates("sse9")).Message, StringComparison.Ordinal);

    [Fact]
    public void Files_BesideTheProgram_AreWhatTheirNamesSay()
    {
        var runnable = NativeLibraryChoice.Candidates(null);
        var there = Builds.Where(build => runnable.Contains(build.File) && File.Exists(Path.Combine(AppContext.BaseDirectory, build.File))).ToArray();
        Assert.Contains(there, build => build.Variant == "generic");
        foreach (var (file, variant) in there)
        {
            var library = NativeLibrary.Load(Path.Combine(AppContext.BaseDirectory, file));
            var name = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(library, "faissnet_variant");
            Assert.Equal(variant, Marshal.PtrToStringUTF8((nint)name()));
        }

        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(NativeLibraryChoice.Variable)))
            Assert.Equal(there[0].Variant, FaissLibrary.Variant); // the best one is taken
    }

    [Fact]
    public void LiveObjects_AfterDispose_AreGone()
    {
        // Other tests run beside this one, so only what many objects would leave is seen.
        var before = FaissLibrary.LiveObjects;
        for (var i = 0; i < 2000; i++)
        {
            using var index = FaissIndex.Create(2, "Flat", MetricType.L2);
            using var range = IdSelector.Range(0, 10);
            using var rest = IdSelector.Not(range);
            index.Add([0, 0]);
            index.RangeSearch([0, 0], 1, new SearchParameters { Selector = rest });
            Assert.Throws<FaissException>(() => FaissIndex.Create(2, "IVF4,PQ4", MetricType.L2));
        }

        Assert.True(FaissLibrary.LiveObjects - before < 500, $"{before} native objects before, {FaissLibrary.LiveObjects} after 2000 rounds");
    }
}
