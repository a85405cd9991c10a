using System.Runtime.InteropServices;

namespace Stickers.SimilaritySearch.Exact;

/// <summary>Memory for codes, in huge pages where the system grants them: with small ones a scan waits for page tables.</summary>
internal sealed unsafe partial class CodeMemory : SafeHandle
{
    private const int HugePage = 2 << 20;
    private const int MadviseHugePage = 14;

    /// <param name="bytes">Bytes that are needed; some more can be read, because the scan asks ahead.</param>
    public CodeMemory(long bytes) : base(0, ownsHandle: true)
    {
        var size = (nuint)((bytes + HugePage - 1) / HugePage * HugePage) + 4096;
        SetHandle((nint)NativeMemory.AlignedAlloc(size, HugePage));
        GC.AddMemoryPressure((long)size);
        _size = (long)size;
        if (OperatingSystem.IsLinux())
            _ = Advise(handle, size, MadviseHugePage); // it may be refused
    }

    private readonly long _size;

    public override bool IsInvalid => handle == 0;

    public byte* Start => (byte*)handle;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        GC.RemoveMemoryPressure(_size);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
