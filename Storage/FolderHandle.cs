using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Stickers.Storage;

/// <summary>What .NET does not do with a folder on Linux: open it, flush it, name a file in it only if the name is free.</summary>
internal static partial class FolderHandle
{
    private const int OpenAsFolder = 0x10000 | 0x80000; // O_RDONLY, O_DIRECTORY, O_CLOEXEC on Linux x64
    private const int Exists = 17;

    /// <summary>Makes renames and new folders survive a power cut: .NET flushes files, not the folders that name them.</summary>
    internal static void Flush(string folder)
    {
        var descriptor = Open(folder);
        try
        {
            if (fsync(descriptor) != 0) throw Failure($"Could not flush folder '{folder}'");
        }
        finally
        {
            Close(descriptor);
        }
    }

    /// <summary>Gives a file a second name; false when that name is taken.</summary>
    internal static bool TryLink(string path, string name)
    {
        if (link(path, name) == 0) return true;
        return Marshal.GetLastPInvokeError() == Exists ? false : throw Failure($"Could not name the file '{name}'");
    }

    internal static int Open(string folder)
    {
        var descriptor = open(folder, OpenAsFolder);
        return descriptor >= 0 ? descriptor : throw Failure($"Could not open folder '{folder}'");
    }

    internal static void Close(int descriptor) => _ = close(descriptor);

    private static IOException Failure(string what)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"{what}: {error.Message}.", error) { HResult = error.NativeErrorCode };
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string path, string name);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
