using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Stickers.Cli.Launch;

/// <summary>What .NET's <see cref="Process"/> cannot do: ask a process to end.</summary>
internal static partial class PosixSignals
{
    private const int Sigterm = 15;

    /// <summary>Sends SIGTERM; a process that has ended already is left alone.</summary>
    public static void Terminate(Process process)
    {
        if (!process.HasExited) _ = kill(process.Id, Sigterm);
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
