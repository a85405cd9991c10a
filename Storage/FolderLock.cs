using System.Runtime.InteropServices;

namespace Stickers.Storage;

/// <summary>
/// Held for the microseconds in which names in a folder change, by one process at a time. It locks the folder itself (flock), so that no lock
/// file is left; it ends with its process.
/// </summary>
internal sealed partial class FolderLock : IDisposable
{
    private const int Exclusive = 2;
    private const int DoNotWait = 4;
    private const int Interrupted = 4;
    private const int Taken = 11;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly int _descriptor;

    private FolderLock(int descriptor, bool isHeld) => (_descriptor, IsHeld) = (descriptor, isHeld);

    /// <summary>False where the file system knows no locks (some network ones).</summary>
    public bool IsHeld { get; }

    /// <summary>Waits for the lock.</summary>
    /// <exception cref="IOException">Another process has held it for ten seconds: it is stopped, or the disk is.</exception>
    public static async Task<FolderLock> TakeAsync(string folder, CancellationToken cancellation)
    {
        var descriptor = FolderHandle.Open(folder);
        try
        {
            var start = Environment.TickCount64;
            while (flock(descriptor, Exclusive | DoNotWait) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error is not (Taken or Interrupted)) return new FolderLock(descriptor, isHeld: false);
                if (Environment.TickCount64 - start > Patience.TotalMilliseconds)
                    throw new IOException($"Another process has held the lock of folder '{folder}' for {Patience.TotalSeconds} seconds. Is it stopped? End it, or try again.");
                await Task.Delay(1, cancellation);
            }

            return new FolderLock(descriptor, isHeld: true);
        }
        catch
        {
            FolderHandle.Close(descriptor);
            throw;
        }
    }

    public void Dispose() => FolderHandle.Close(_descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(int descriptor, int operation);
}
