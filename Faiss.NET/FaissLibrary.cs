using System.Runtime.InteropServices;
using Faiss.Interop;

namespace Faiss;

/// <summary>The native library in use.</summary>
public static unsafe class FaissLibrary
{
    /// <summary>Version of Faiss, e.g. <c>1.7.3</c>.</summary>
    public static string Version => Marshal.PtrToStringUTF8((nint)Native.faissnet_version())!;

    /// <summary>Compiler and instruction set of the native source.</summary>
    public static string BuildInfo => Marshal.PtrToStringUTF8((nint)Native.faissnet_build_info())!;
}
