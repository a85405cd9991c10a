using System.Buffers;
using System.Runtime.InteropServices;

namespace Stickers.Catalogue.Images;

/// <summary>
/// A whole frame at its stored size, straight-alpha RGBA. Usual sizes take pooled memory; large ones, of which a pool would keep one for each thread and each size, take pages of
/// their own, which the system has back at once.
/// </summary>
internal sealed class PixelBuffer : IDisposable
{
    /// <summary>512 x 512 pixels: what stickers have at most as a rule.</summary>
    private const int LargestPooled = 1 << 20;

    private readonly int _length;
    private readonly byte[]? _lent;
    private byte[]? _pooled;
    private PageMemory? _pages;

    public PixelBuffer(int width, int height)
    {
        (Width, Height, _length) = (width, height, checked(width * height * 4));
        if (_length <= LargestPooled) _pooled = ArrayPool<byte>.Shared.Rent(_length);
        else _pages = new PageMemory(_length);
    }

    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="lent">Memory for exactly these pixels, which stays the caller's.</param>
    public PixelBuffer(int width, int height, byte[] lent)
    {
        (Width, Height, _length, _lent) = (width, height, checked(width * height * 4), lent);
        if (lent.Length != _length) throw new ArgumentException($"{_length} bytes expected, found {lent.Length}.", nameof(lent));
    }

    public int Width { get; }

    public int Height { get; }

    public Span<byte> Rgba => _pages is { } pages ? pages.Bytes : (_lent ?? _pooled).AsSpan(0, _length);

    public Span<uint> Pixels => MemoryMarshal.Cast<byte, uint>(Rgba);

    /// <summary>Whether every pixel is fully transparent.</summary>
    public bool IsBlank
    {
        get
        {
            foreach (var pixel in Pixels)
            {
                if (pixel >> 24 != 0) return false;
            }
            return true;
        }
    }

    public PixelBuffer Clone()
    {
        var copy = new PixelBuffer(Width, Height);
        Rgba.CopyTo(copy.Rgba);
        return copy;
    }

    /// <summary>A picture of its own, or in the memory that was lent, shrunk to fit and turned upright.</summary>
    public RasterImage ToImage(int maxSide, int orientation)
    {
        var (width, height) = AreaResampler.Fit(Width, Height, maxSide);
        // What nobody else will write to need not be copied.
        if (_lent is not null && (width, height) == (Width, Height)) return Orientation.Apply(new RasterImage(width, height, _lent), orientation);
        return Orientation.Apply(new RasterImage(width, height, AreaResampler.Shrink(Rgba, Width, Width, Height, width, height)), orientation);
    }

    public void Dispose()
    {
        _pages?.Dispose();
        if (_pooled is not null) ArrayPool<byte>.Shared.Return(_pooled);
        (_pooled, _pages) = (null, null);
    }
}
