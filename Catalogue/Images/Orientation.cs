using System.Runtime.InteropServices;

namespace Stickers.Catalogue.Images;

/// <summary>Turns and mirrors pictures as EXIF asks (EXIF 2.32, table of tag 0x0112).</summary>
internal static class Orientation
{
    /// <summary>The picture as a viewer shows it.</summary>
    /// <param name="image">Pixels as stored.</param>
    /// <param name="orientation">1 to 8.</param>
    public static RasterImage Apply(RasterImage image, int orientation)
    {
        if (orientation == 1) return image;
        var (w, h) = (image.Width, image.Height);
        var (turnedWidth, turnedHeight) = orientation >= 5 ? (h, w) : (w, h);
        var turned = new byte[image.Rgba.Length];
        var from = MemoryMarshal.Cast<byte, uint>(image.Rgba.AsSpan());
        var to = MemoryMarshal.Cast<byte, uint>(turned.AsSpan());
        for (var y = 0; y < turnedHeight; y++)
        {
            for (var x = 0; x < turnedWidth; x++)
            {
                var (sourceX, sourceY) = orientation switch
                {
                    2 => (w - 1 - x, y),
                    3 => (w - 1 - x, h - 1 - y),
                    4 => (x, h - 1 - y),
                    5 => (y, x),
                    6 => (y, h - 1 - x),
                    7 => (w - 1 - y, h - 1 - x),
                    _ => (w - 1 - y, x),
                };
                to[y * turnedWidth + x] = from[sourceY * w + sourceX];
            }
        }
        return new RasterImage(turnedWidth, turnedHeight, turned);
    }
}
