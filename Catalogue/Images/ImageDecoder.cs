namespace Stickers.Catalogue.Images;

/// <summary>
/// Decodes every accepted format under limits. All methods are thread-safe. Formats are told by content, never by name. Our own
/// parsers walk each file and apply the limits before a decoder library sees a byte. A file must be whole: one without its
/// end (PNG IEND, JPEG EOI, GIF trailer, the length in a WebP header, the closing tag of an SVG) is <see cref="ImageFault.Truncated"/>.
/// </summary>
public static class ImageDecoder
{
    /// <summary>Reads headers only and applies the limits. For an SVG the size is that of its page in CSS pixels.</summary>
    /// <exception cref="ImageException">The file is refused.</exception>
    public static ImageInfo Identify(ReadOnlySpan<byte> file, ImageLimits? limits = null) =>
        ImageHeader.Read(file, limits ?? ImageLimits.Default).ToInfo();

    /// <summary>
    /// Decodes one picture, EXIF orientation applied, scaled down so that its longest side is at most
    /// <paramref name="maxSide"/> pixels. Bitmaps are never enlarged. Of an animation it is the first composed frame that is not
    /// wholly transparent (many start empty). An SVG is cropped to what it draws and rendered so that its longest side is exactly
    /// <paramref name="maxSide"/>, at most 512 pixels.
    /// </summary>
    /// <param name="file">The encoded file.</param>
    /// <param name="maxSide">Longest side at most, 1 or more.</param>
    /// <param name="limits">What is refused; null for <see cref="ImageLimits.Default"/>.</param>
    /// <param name="room">An array that the picture's pixels may take where they fill it exactly, such as those of a picture that is needed no longer; null for none.</param>
    /// <exception cref="ImageException">The file is refused, truncated, corrupt or blank.</exception>
    public static RasterImage Decode(ReadOnlySpan<byte> file, int maxSide, ImageLimits? limits = null, byte[]? room = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSide, 1);
        limits ??= ImageLimits.Default;
        var header = ImageHeader.Read(file, limits);
        if (header.Format == StickerFormat.Svg) return SvgRenderer.Render(SvgDocument.Read(file, limits), maxSide);
        if (header.IsAnimated) return FirstVisible(file, header, maxSide);
        using var pixels = SkiaStill.Decode(file, header, maxSide, room);
        return pixels.IsBlank ? throw Blank(header) : pixels.ToImage(maxSide, header.Orientation);
    }

    /// <summary>
    /// Decodes up to <paramref name="maxFrames"/> whole frames spread evenly over an animation, composed as a viewer shows them,
    /// in order, the first frame among them; wholly transparent ones are left out. A still image gives one.
    /// </summary>
    /// <exception cref="ImageException">The file is refused, truncated, corrupt or blank.</exception>
    public static IReadOnlyList<RasterImage> DecodeFrames(ReadOnlySpan<byte> file, int maxSide, int maxFrames, ImageLimits? limits = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSide, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxFrames, 1);
        limits ??= ImageLimits.Default;
        var header = ImageHeader.Read(file, limits);
        if (!header.IsAnimated || maxFrames == 1) return [Decode(file, maxSide, limits)];

        var images = new List<RasterImage>();
        var (index, taken, count) = (0, 0, Math.Min(maxFrames, header.Frames));
        foreach (var frame in Compose(file, header))
        {
            if (index++ != (long)taken * header.Frames / count) continue;
            if (!frame.IsBlank) images.Add(frame.ToImage(maxSide, header.Orientation));
            if (++taken == count) break;
        }
        return images.Count > 0 ? images : [FirstVisible(file, header, maxSide)];
    }

    /// <summary>
    /// Decodes up to <paramref name="maxFrames"/> whole frames of an animation that differ most from each other, in order, and how much of it each stands for; frames that look the same
    /// come once, wholly transparent ones not at all. All frames are decoded, one at a time. A still image gives one.
    /// </summary>
    /// <exception cref="ImageException">The file is refused, truncated, corrupt or blank.</exception>
    public static IReadOnlyList<AnimationFrame> DecodeDistinctFrames(ReadOnlySpan<byte> file, int maxSide, int maxFrames, ImageLimits? limits = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSide, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxFrames, 1);
        limits ??= ImageLimits.Default;
        var header = ImageHeader.Read(file, limits);
        if (!header.IsAnimated || maxFrames == 1) return [new AnimationFrame(Decode(file, maxSide, limits), 1)];

        var distinct = new DistinctFrames(maxFrames);
        foreach (var frame in Compose(file, header))
        {
            if (!frame.IsBlank) distinct.Offer(frame, kept => kept.ToImage(maxSide, header.Orientation));
        }

        return distinct.Frames is { Count: > 0 } frames ? frames : throw Blank(header);
    }

    /// <summary>Encodes pixels as PNG; the same pixels always give the same bytes.</summary>
    /// <exception cref="ArgumentException">The length of the pixels contradicts the size.</exception>
    public static byte[] EncodePng(RasterImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return PngWriter.Write(image);
    }

    private static RasterImage FirstVisible(ReadOnlySpan<byte> file, ImageHeader header, int maxSide)
    {
        foreach (var frame in Compose(file, header))
        {
            if (!frame.IsBlank) return frame.ToImage(maxSide, header.Orientation);
        }
        throw Blank(header);
    }

    private static IEnumerable<PixelBuffer> Compose(ReadOnlySpan<byte> file, ImageHeader header) =>
        header.Format == StickerFormat.Apng ? ApngAnimation.Compose(file.ToArray(), header) : SkiaAnimation.Compose(file.ToArray(), header);

    private static ImageException Blank(ImageHeader header) =>
        new(ImageFault.Blank, $"{header.Format}: every pixel of {(header.Frames > 1 ? $"all {header.Frames} frames" : "the picture")} is transparent");
}
