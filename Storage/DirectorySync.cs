using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Stickers.Storage;

/// <summary>Makes renames and new folders survive a power cut: .NET flushes files, not the folders that name them.</summary>
internal static partial class DirectorySync
{
    private const int ReadOnly = 0;
    private const int Directory = 0x10000; // O_DIRECTORY | O_RDONLY on Linux x64
    private const int CloseOnExec = 0x80000;

    internal static void Flush(string folder)
    {
        var descriptor = open(folder, ReadOnly | Directory | CloseOnExec);
        if (descriptor < 0) throw Failure("open", folder);
        try
        {
            if (fsync(descriptor) != 0) throw Failure("flush", folder);
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    private static IOException Failure(string verb, string folder)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"Could not {verb} folder '{folder}': {error.Message}.", error);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
