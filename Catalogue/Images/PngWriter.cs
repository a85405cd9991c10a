using SkiaSharp;

namespace Stickers.Catalogue.Images;

/// <summary>Writes straight-alpha RGBA as PNG. Fixed filters and compression: the same pixels give the same bytes.</summary>
internal static class PngWriter
{
    private const int ZLibLevel = 6;

    public static unsafe byte[] Write(RasterImage image)
    {
        if (image.Width < 1 || image.Height < 1 || image.Rgba.LongLength != 4L * image.Width * image.Height)
            throw new ArgumentException($"{image.Rgba.Length} bytes are not {image.Width}x{image.Height} RGBA pixels", nameof(image));
        var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        fixed (byte* address = image.Rgba)
        {
            using var pixmap = new SKPixmap(info, (IntPtr)address);
            using var data = pixmap.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.AllFilters, ZLibLevel))
                ?? throw new InvalidOperationException($"Skia did not encode {image.Width}x{image.Height} pixels as PNG");
            return data.ToArray();
        }
    }
}
