using System.Runtime.CompilerServices;

namespace Stickers.Tagger.EightBit;

/// <summary>Zeroed memory that begins at a cache line and never moves: a vector of 64 bytes that crosses two lines is read at half the rate.</summary>
internal sealed class AlignedMemory<T> where T : unmanaged
{
    private const int Line = 64;

    private readonly T[] _array;
    private readonly int _first;

    /// <param name="length">Elements.</param>
    public unsafe AlignedMemory(int length)
    {
        _array = GC.AllocateArray<T>(length + (Line / sizeof(T)), pinned: true);
        _first = (int)((Line - ((nuint)Unsafe.AsPointer(ref _array[0]) % Line)) % Line) / sizeof(T);
        Length = length;
    }

    /// <summary>Elements.</summary>
    public int Length { get; }

    /// <summary>All of them.</summary>
    public Span<T> Span => _array.AsSpan(_first, Length);
}
