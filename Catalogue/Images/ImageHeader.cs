namespace Stickers.Catalogue.Images;

/// <summary>What a file's own headers say, read by our parsers before any decoder library sees the bytes.</summary>
/// <param name="Format">Format by content.</param>
/// <param name="CodedWidth">Pixels as stored, before orientation.</param>
/// <param name="CodedHeight">Pixels as stored, before orientation.</param>
/// <param name="Frames">Animation frames; 1 for still images.</param>
/// <param name="Orientation">EXIF orientation, 1 (upright) to 8.</param>
internal sealed record ImageHeader(StickerFormat Format, int CodedWidth, int CodedHeight, int Frames = 1, int Orientation = 1)
{
    /// <summary>Whether frames must be composed one after the other.</summary>
    public bool IsAnimated => Frames > 1 || Format == StickerFormat.Apng;

    public ImageInfo ToInfo() => Orientation >= 5
        ? new ImageInfo(Format, CodedHeight, CodedWidth, Frames)
        : new ImageInfo(Format, CodedWidth, CodedHeight, Frames);

    /// <summary>Recognises the format by its first bytes, walks its structure and applies the limits.</summary>
    public static ImageHeader Read(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        if (file.IsEmpty) throw new ImageException(ImageFault.Empty, "the file has no bytes");
        if (file.Length > limits.MaxBytes)
            throw new ImageException(ImageFault.TooManyBytes, $"the file has {file.Length} bytes, allowed are {limits.MaxBytes}");
        if (PngHeader.Matches(file)) return PngHeader.Read(file, limits);
        if (JpegHeader.Matches(file)) return JpegHeader.Read(file, limits);
        if (GifHeader.Matches(file)) return GifHeader.Read(file, limits);
        if (WebPHeader.Matches(file)) return WebPHeader.Read(file, limits);
        if (SvgSource.Matches(file)) return SvgHeader.Read(file, limits);
        throw new ImageException(ImageFault.UnknownFormat,
            $"the file starts with {Convert.ToHexString(file[..Math.Min(8, file.Length)])}, which is none of PNG, JPEG, WebP, GIF, SVG");
    }

    /// <summary>Checks the pixels of one frame.</summary>
    public static void CheckSize(string format, long width, long height, ImageLimits limits)
    {
        if (width <= 0 || height <= 0) throw new ImageException(ImageFault.Corrupt, $"{format}: the header says {width}x{height} pixels");
        if (width > limits.MaxSide || height > limits.MaxSide || width * height > limits.MaxPixels)
            throw new ImageException(ImageFault.TooManyPixels,
                $"{format}: {width}x{height} pixels, allowed are {limits.MaxSide} a side and {limits.MaxPixels} in all");
    }

    /// <summary>Checks the number of frames and the pixels of all of them together.</summary>
    public static void CheckFrames(string format, long frames, long width, long height, ImageLimits limits)
    {
        if (frames > limits.MaxFrames)
            throw new ImageException(ImageFault.TooManyFrames, $"{format}: {frames} frames, allowed are {limits.MaxFrames}");
        if (frames > 1 && frames * width * height > limits.MaxAnimationPixels)
            throw new ImageException(ImageFault.TooManyPixels,
                $"{format}: {frames} frames of {width}x{height} are {frames * width * height} pixels, allowed are {limits.MaxAnimationPixels}");
    }
}
