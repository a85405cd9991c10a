namespace Faiss.Interop;

/// <summary>Owns what one range search found.</summary>
internal sealed class RangesHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        Native.faissnet_ranges_free(handle);
        return true;
    }
}
