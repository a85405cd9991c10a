using Microsoft.Win32.SafeHandles;

namespace Faiss.Interop;

/// <summary>Owns one native index. Calls in flight keep it alive; it is freed when the last of them returns.</summary>
internal sealed class IndexHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public IndexHandle() : base(ownsHandle: true)
    {
    }

    protected override bool ReleaseHandle()
    {
        Native.faissnet_free(handle);
        return true;
    }
}
