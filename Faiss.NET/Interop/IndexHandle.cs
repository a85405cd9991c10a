namespace Faiss.Interop;

/// <summary>Owns one native index, of float or of binary vectors.</summary>
internal sealed class IndexHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        Native.faissnet_free(handle);
        return true;
    }
}
