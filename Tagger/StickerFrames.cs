using Stickers.Catalogue.Images;

namespace Stickers.Tagger;

/// <summary>The pictures of a sticker that the network looks at: the same for stickers of a catalogue and for an image that is asked about.</summary>
public static class StickerFrames
{
    /// <summary>Most frames of an animation.</summary>
    public const int Max = 4;

    /// <summary>Decodes a still image, or up to <see cref="Max"/> frames spread over an animation; at least one.</summary>
    /// <exception cref="ImageException">The file is refused, truncated or corrupt.</exception>
    public static IReadOnlyList<RasterImage> Decode(ReadOnlySpan<byte> file) => ImageDecoder.Identify(file).Frames > 1
        ? ImageDecoder.DecodeFrames(file, StickerModel.DecodeSide, Max)
        : [ImageDecoder.Decode(file, StickerModel.DecodeSide)];
}
