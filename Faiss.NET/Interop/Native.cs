using System.Runtime.InteropServices;

namespace Faiss.Interop;

/// <summary>The functions of <c>native/faiss_net.h</c>, by their native names. Every status must go through <see cref="Check"/> on the same thread.</summary>
internal static unsafe partial class Native
{
    private const string Library = "faiss_net";

    /// <summary>FAISSNET_ABI of the header that these signatures follow.</summary>
    private const int Abi = 1;

    static Native()
    {
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
    public static partial byte* faissnet_build_info();

    [LibraryImport(Library)]
    private static partial byte* faissnet_last_error();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int faissnet_create(int d, string factory, int metric, out IndexHandle index);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int faissnet_load(string path, out IndexHandle index);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int faissnet_save(IndexHandle index, string path);

    [LibraryImport(Library)]
    public static partial void faissnet_free(nint index);

    [LibraryImport(Library)]
    public static partial int faissnet_info(IndexHandle index, out int d, out int metric, out long count, out int isTrained);

    [LibraryImport(Library)]
    public static partial int faissnet_train(IndexHandle index, long n, ReadOnlySpan<float> x, int threads);

    [LibraryImport(Library)]
    public static partial int faissnet_add(IndexHandle index, long n, ReadOnlySpan<float> x, ReadOnlySpan<long> ids, int threads);

    [LibraryImport(Library)]
    public static partial int faissnet_search(
        IndexHandle index, long n, ReadOnlySpan<float> x, int k, in NativeSearchParameters parameters, Span<float> distances, Span<long> ids);

    [LibraryImport(Library)]
    public static partial int faissnet_enable_reconstruct(IndexHandle index);

    [LibraryImport(Library)]
    public static partial int faissnet_reconstruct(IndexHandle index, long id, Span<float> vector);
}

/// <summary><c>faissnet_search_parameters</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeSearchParameters
{
    public int NProbe;
    public int EfSearch;
    public int Threads;
}
