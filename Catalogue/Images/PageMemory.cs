using System.Runtime.InteropServices;

namespace Stickers.Catalogue.Images;

/// <summary>Zeroed memory straight from the system, which has it back when this is disposed: no allocator keeps any of it.</summary>
internal sealed unsafe partial class PageMemory : SafeHandle
{
    private const int ReadWrite = 3, PrivateAnonymous = 0x22;

    private readonly int _length;

    /// <param name="length">Bytes, at least 1.</param>
    /// <exception cref="InsufficientMemoryException">The system has none.</exception>
    public PageMemory(int length) : base(-1, ownsHandle: true)
    {
        _length = length;
        SetHandle(Map(0, (nuint)length, ReadWrite, PrivateAnonymous, -1, 0));
        if (IsInvalid) throw new InsufficientMemoryException($"The system has no {length} bytes.");
    }

    public override bool IsInvalid => handle == -1;

    public Span<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return new Span<byte>((void*)handle, _length);
        }
    }

    protected override bool ReleaseHandle() => Unmap(handle, (nuint)_length) == 0;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
