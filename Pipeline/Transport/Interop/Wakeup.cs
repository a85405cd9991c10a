using System.Runtime.InteropServices;

namespace Stickers.Pipeline.Transport.Interop;

/// <summary>Wakes one thread that waits in <c>zmq_poll</c>, from any other: an eventfd of Linux, written only while that thread sleeps.</summary>
internal sealed unsafe partial class Wakeup : IDisposable
{
    private const int EFD_CLOEXEC = 0x80000;
    private const int EFD_NONBLOCK = 0x800;
    private const int Awake = 0;
    private const int Asleep = 1;
    private const int Called = 2;

    private readonly Lock _closing = new();
    private int _state;
    private int _descriptor;
    private bool _slept;

    public Wakeup()
    {
        _descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (_descriptor < 0) throw new EdgeException(EdgeFault.Socket, null, $"eventfd failed (error {Marshal.GetLastPInvokeError()}): the process may have no more files open.");
    }

    /// <summary>What to poll for input.</summary>
    public int Descriptor => _descriptor;

    /// <summary>Makes the sleeping thread wake up, or not fall asleep. From any thread.</summary>
    public void Call()
    {
        if (Interlocked.Exchange(ref _state, Called) != Asleep) return;
        lock (_closing)
        {
            ulong one = 1;
            if (_descriptor >= 0) _ = write(_descriptor, &one, sizeof(ulong));
        }
    }

    /// <summary>About to sleep; false when there was a call meanwhile, and all work must be looked for once more.</summary>
    public bool TryFallAsleep() => _slept = Interlocked.CompareExchange(ref _state, Asleep, Awake) == Awake;

    /// <summary>Awake again: calls from now on are new ones. To be called before work is looked for.</summary>
    public void WakeUp()
    {
        Interlocked.Exchange(ref _state, Awake);
        if (!_slept) return;
        // Always, for a caller may write only now what it decided to write before.
        _slept = false;
        ulong ignored;
        _ = read(_descriptor, &ignored, sizeof(ulong));
    }

    public void Dispose()
    {
        lock (_closing)
        {
            if (_descriptor >= 0) _ = close(_descriptor);
            _descriptor = -1;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint value, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, void* buffer, nuint bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, void* buffer, nuint bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
