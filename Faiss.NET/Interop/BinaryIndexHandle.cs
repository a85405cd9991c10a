namespace Faiss.Interop;

/// <summary>Owns one native binary index.</summary>
internal sealed class BinaryIndexHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        Native.faissnet_binary_free(handle);
        return true;
    }
}
