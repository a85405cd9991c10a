using Microsoft.Win32.SafeHandles;

namespace Faiss.Interop;

/// <summary>Owns one native object. Calls in flight keep it alive; it is freed when the last of them returns.</summary>
internal abstract class NativeHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private volatile bool _disposed;

    protected NativeHandle() : base(ownsHandle: true)
    {
    }

    /// <summary>
    /// Must precede every call. A SafeHandle refuses calls only once it is freed, and calls that overlap without end would put that off for ever.
    /// </summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public void ThrowIfDisposed(object owner) => ObjectDisposedException.ThrowIf(_disposed, owner);

    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        base.Dispose(disposing);
    }
}
