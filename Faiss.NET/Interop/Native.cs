using System.Runtime.InteropServices;

namespace Faiss.Interop;

/// <summary>The functions of <c>native/faiss_net.h</c>, by their native names. Every status must go through <see cref="Check"/> on the same thread.</summary>
internal static unsafe partial class Native
{
    private const string Library = NativeLibraryChoice.Name;

    /// <summary>FAISSNET_ABI of the header that these signatures follow.</summary>
    private const int Abi = 5;

    static Native()
    {
        NativeLibraryChoice.Register();
        var found = faissnet_abi();
        if (found != Abi)
            throw new DllNotFoundException($"libfaiss_net.so has interface version {found}, this assembly needs {Abi}: rebuild it with native/build.sh.");
    }

    /// <summary>Turns a status into an exception with the calling thread's error text.</summary>
    public static void Check(int status)
    {
        if (status != 0)
            throw new FaissException((FaissError)status, Marshal.PtrToStringUTF8((nint)faissnet_last_error()) ?? "unknown error");
    }

    [LibraryImport(Library)]
    private static partial int faissnet_abi();

    [LibraryImport(Library)]
    public static partial byte* faissnet_version();

    [LibraryImport(Library)]
    public static partial byte* faissnet_variant();

    [LibraryImport(Library)]
    public static partial byte* faissnet_build_info();

    [LibraryImport(Library)]
    private static partial byte* faissnet_last_error();

    [LibraryImport(Library)]
    public static partial long faissnet_live_objects();

    [LibraryImport(Library)]
    public static partial int faissnet_selector_range(long first, long end, out SelectorHandle selector);

    [LibraryImport(Library)]
    public static partial int faissnet_selector_batch(long n, ReadOnlySpan<long> ids, out SelectorHandle selector);

    [LibraryImport(Library)]
    public static partial int faissnet_selector_bitmap(long bytes, ReadOnlySpan<byte> bits, out SelectorHandle selector);

    [LibraryImport(Library)]
    public static partial int faissnet_selector_not(SelectorHandle of, out SelectorHandle selector);

    [LibraryImport(Library)]
    public static partial int faissnet_selector_and(SelectorHandle a, SelectorHandle b, out SelectorHandle selector);

    [LibraryImport(Library)]
    public static partial void faissnet_selector_free(nint selector);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int faissnet_create(int d, string factory, MetricType metric, int idMap, int efConstruction, out IndexHandle index);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int faissnet_load(string path, int map, out IndexHandle index);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int faissnet_save(IndexHandle index, string path);

    [LibraryImport(Library)]
    public static partial int faissnet_save_to(IndexHandle index, delegate* unmanaged<nint, byte*, long, long> write, nint state);

    [LibraryImport(Library)]
    public static partial void faissnet_free(nint index);

    [LibraryImport(Library)]
    public static partial int faissnet_info(IndexHandle index, out int d, out MetricType metric, out long count, out int isTrained, out int isMapped);

    [LibraryImport(Library)]
    public static partial int faissnet_train(IndexHandle index, long n, ReadOnlySpan<float> x, int threads);

    [LibraryImport(Library)]
    public static partial int faissnet_add(IndexHandle index, long n, ReadOnlySpan<float> x, ReadOnlySpan<long> ids, int threads);

    [LibraryImport(Library)]
    public static partial int faissnet_search(
        IndexHandle index, long n, ReadOnlySpan<float> x, int k, in NativeSearchParameters parameters, SelectorHandle selector, Span<float> distances, Span<long> ids, Span<float> vectors);

    [LibraryImport(Library)]
    public static partial int faissnet_range_search(
        IndexHandle index, long n, ReadOnlySpan<float> x, float radius, in NativeSearchParameters parameters, SelectorHandle selector, out RangesHandle ranges, out long total);

    [LibraryImport(Library)]
    public static partial int faissnet_remove(IndexHandle index, SelectorHandle selector, int threads, out long removed);

    [LibraryImport(Library)]
    public static partial int faissnet_merge(IndexHandle index, IndexHandle other, long addToIds);

    [LibraryImport(Library)]
    public static partial int faissnet_enable_reconstruct(IndexHandle index, int sequential);

    [LibraryImport(Library)]
    public static partial int faissnet_reconstruct(IndexHandle index, long n, ReadOnlySpan<long> ids, Span<float> vectors);

    [LibraryImport(Library)]
    public static partial int faissnet_ranges_copy(RangesHandle ranges, Span<long> limits, Span<float> distances, Span<long> ids);

    [LibraryImport(Library)]
    public static partial void faissnet_ranges_free(nint ranges);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int faissnet_binary_create(int d, string factory, int idMap, int efConstruction, out IndexHandle index);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int faissnet_binary_load(string path, int map, out IndexHandle index);

    [LibraryImport(Library)]
    public static partial int faissnet_binary_train(IndexHandle index, long n, ReadOnlySpan<byte> x, int threads);

    [LibraryImport(Library)]
    public static partial int faissnet_binary_add(IndexHandle index, long n, ReadOnlySpan<byte> x, ReadOnlySpan<long> ids, int threads);

    [LibraryImport(Library)]
    public static partial int faissnet_binary_search(
        IndexHandle index, long n, ReadOnlySpan<byte> x, int k, in NativeSearchParameters parameters, SelectorHandle selector, Span<int> distances, Span<long> ids);

    [LibraryImport(Library)]
    public static partial int faissnet_binary_merge(IndexHandle index, IndexHandle other, long addToIds);

    [LibraryImport(Library)]
    public static partial int faissnet_binary_reconstruct(IndexHandle index, long id, Span<byte> vector);

    [LibraryImport(Library)]
    public static partial int faissnet_kmeans(
        int d, long n, ReadOnlySpan<float> x, int k, in NativeKMeansParameters parameters, Span<float> centroids, out float objective);
}

/// <summary><c>faissnet_search_parameters</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeSearchParameters
{
    public int NProbe;
    public int EfSearch;
    public int Threads;
    public int RefineFactor;
}

/// <summary><c>faissnet_kmeans_parameters</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeKMeansParameters
{
    public int Iterations;
    public int Redo;
    public int Seed;
    public int Spherical;
    public int MaxPointsPerCentroid;
    public int Threads;
}
