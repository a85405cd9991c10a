namespace Faiss.Interop;

/// <summary>Owns one native index.</summary>
internal sealed class IndexHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        Native.faissnet_free(handle);
        return true;
    }
}
