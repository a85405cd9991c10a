using SkiaSharp;

namespace Stickers.Catalogue.Images;

/// <summary>Decodes one still PNG, JPEG, WebP or GIF with Skia, colours converted to sRGB.</summary>
internal static class SkiaStill
{
    private static readonly SKColorSpace Srgb = SKColorSpace.CreateSrgb();

    /// <summary>Decodes at the stored size or, for JPEG, at the smallest cheaper size that still covers <paramref name="maxSide"/>.</summary>
    /// <param name="file">The file.</param>
    /// <param name="header">Its header.</param>
    /// <param name="maxSide">What is wanted at most.</param>
    /// <param name="lent">Memory for the pixels, taken where it is of their very length; null for none.</param>
    public static PixelBuffer Decode(ReadOnlySpan<byte> file, ImageHeader header, int maxSide, byte[]? lent = null)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = Open(data, header);
        var size = codec.Info.Size;
        if (header.Format == StickerFormat.Jpeg)
        {
            var reduced = codec.GetScaledDimensions(maxSide / (float)Math.Max(size.Width, size.Height));
            if (Math.Max(reduced.Width, reduced.Height) >= maxSide) size = reduced;
        }
        var pixels = lent?.Length == size.Width * size.Height * 4 ? new PixelBuffer(size.Width, size.Height, lent) : new PixelBuffer(size.Width, size.Height);
        try
        {
            Read(codec, header.Format, pixels, SKCodecOptions.Default);
            return pixels;
        }
        catch
        {
            pixels.Dispose();
            throw;
        }
    }

    /// <summary>Opens a codec and checks that it sees the very size our own parser checked against the limits.</summary>
    public static SKCodec Open(SKData data, ImageHeader header)
    {
        var codec = SKCodec.Create(new SKMemoryStream(data), out var result)
            ?? throw Fault(result, header.Format, "the headers");
        if (codec.Info.Width == header.CodedWidth && codec.Info.Height == header.CodedHeight) return codec;
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        codec.Dispose();
        throw new ImageException(ImageFault.Corrupt,
            $"{header.Format}: the headers say {header.CodedWidth}x{header.CodedHeight} pixels, the decoder finds {width}x{height}");
    }

    /// <summary>Decodes into <paramref name="pixels"/>; anything but a complete picture is a fault.</summary>
    public static unsafe void Read(SKCodec codec, StickerFormat format, PixelBuffer pixels, SKCodecOptions options)
    {
        var info = new SKImageInfo(pixels.Width, pixels.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, Srgb);
        fixed (byte* address = pixels.Rgba)
        {
            var result = codec.GetPixels(info, (IntPtr)address, info.RowBytes, options);
            if (result != SKCodecResult.Success) throw Fault(result, format, $"frame {options.FrameIndex}");
        }
    }

    /// <summary>Our parser has seen the file's end: when the decoder misses something, the content is wrong and not cut off.</summary>
    private static ImageException Fault(SKCodecResult result, StickerFormat format, string where) =>
        new(ImageFault.Corrupt, $"{format}: the decoder gave up at {where} ({result})");
}
