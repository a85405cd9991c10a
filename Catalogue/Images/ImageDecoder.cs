namespace Stickers.Catalogue.Images;

/// <summary>Decodes every accepted format under limits. All methods are thread-safe.</summary>
public static class ImageDecoder
{
    /// <summary>Reads headers only and applies the limits.</summary>
    /// <exception cref="ImageException">The file is refused.</exception>
    public static ImageInfo Identify(ReadOnlySpan<byte> file, ImageLimits? limits = null) => throw new NotImplementedException();

    /// <summary>
    /// Decodes the first frame, EXIF orientation applied, scaled down so that its longest side is at most
    /// <paramref name="maxSide"/> pixels (bitmaps are never enlarged; an SVG is rendered so that its longest side is exactly that).
    /// </summary>
    /// <exception cref="ImageException">The file is refused, truncated or corrupt.</exception>
    public static RasterImage Decode(ReadOnlySpan<byte> file, int maxSide, ImageLimits? limits = null) => throw new NotImplementedException();

    /// <summary>Decodes up to <paramref name="maxFrames"/> whole frames spread evenly over an animation, composed as a viewer shows them.</summary>
    /// <exception cref="ImageException">The file is refused, truncated or corrupt.</exception>
    public static IReadOnlyList<RasterImage> DecodeFrames(ReadOnlySpan<byte> file, int maxSide, int maxFrames, ImageLimits? limits = null) => throw new NotImplementedException();

    /// <summary>Encodes pixels as PNG; the same pixels always give the same bytes.</summary>
    public static byte[] EncodePng(RasterImage image) => throw new NotImplementedException();
}
