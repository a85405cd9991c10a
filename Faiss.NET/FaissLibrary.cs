using System.Runtime.InteropServices;
using Faiss.Interop;

namespace Faiss;

/// <summary>The native library in use.</summary>
public static unsafe class FaissLibrary
{
    /// <summary>Version of Faiss, e.g. <c>1.7.3</c>.</summary>
    public static string Version => Marshal.PtrToStringUTF8((nint)Native.faissnet_version())!;

    /// <summary>
    /// Which build of Faiss runs: <c>generic</c> (any x86-64 processor; as Debian ships it, with distances of Faiss.NET's own), <c>avx2</c> or
    /// <c>avx512</c>. The fastest that stands beside the program and that the processor runs is taken; the environment variable
    /// <c>FAISS_NET_VARIANT</c> names one that must be taken. <c>native/build-fast.sh</c> makes the fast ones.
    /// </summary>
    /// <remarks>Builds round differently: the same input gives the same index file only with the same build.</remarks>
    public static string Variant => Marshal.PtrToStringUTF8((nint)Native.faissnet_variant())!;

    /// <summary>Compiler and build of the native source.</summary>
    public static string BuildInfo => Marshal.PtrToStringUTF8((nint)Native.faissnet_build_info())!;

    /// <summary>Native objects (indexes, selectors, range results) that were made and not yet freed, in this process.</summary>
    public static long LiveObjects => Native.faissnet_live_objects();
}
