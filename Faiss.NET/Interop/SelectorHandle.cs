namespace Faiss.Interop;

/// <summary>Owns one native selector.</summary>
internal sealed class SelectorHandle : NativeHandle
{
    /// <summary>A null pointer: no selector.</summary>
    public static SelectorHandle None { get; } = new();

    protected override bool ReleaseHandle()
    {
        Native.faissnet_selector_free(handle);
        return true;
    }
}
