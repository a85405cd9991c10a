using System.Buffers;
using System.Runtime.InteropServices;

namespace Stickers.Catalogue.Images;

/// <summary>A whole frame at its stored size, straight-alpha RGBA, in pooled memory.</summary>
internal sealed class PixelBuffer : IDisposable
{
    private byte[]? _bytes;

    public PixelBuffer(int width, int height)
    {
        (Width, Height) = (width, height);
        _bytes = ArrayPool<byte>.Shared.Rent(checked(width * height * 4));
    }

    public int Width { get; }

    public int Height { get; }

    public Span<byte> Rgba => _bytes.AsSpan(0, Width * Height * 4);

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

    /// <summary>A picture of its own, shrunk to fit and turned upright.</summary>
    public RasterImage ToImage(int maxSide, int orientation)
    {
        var (width, height) = AreaResampler.Fit(Width, Height, maxSide);
        return Orientation.Apply(new RasterImage(width, height, AreaResampler.Shrink(Rgba, Width, Width, Height, width, height)), orientation);
    }

    public void Dispose()
    {
        if (_bytes is null) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = null;
    }
}
