using Microsoft.Win32.SafeHandles;

namespace MpiNet.Interop;

/// <summary>
/// One MPI communicator. Only Disposing frees it: MPI_Comm_free is collective, so a finalizer, which runs on its own
/// thread at a moment of its own on each rank, must never call it. What was not disposed goes with MPI_Finalize or the process.
/// </summary>
internal sealed class CommunicatorHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private bool _disposed;

    public CommunicatorHandle(nint comm, bool owned) : base(owned) => SetHandle(comm);

    protected override void Dispose(bool disposing)
    {
        _disposed |= disposing;
        base.Dispose(disposing);
    }

    protected override bool ReleaseHandle() => !_disposed || !LiveWorld.IsOpen || Native.mpinet_free(handle) == 0;
}
