using Stickers.Catalogue.Images;

namespace Stickers.Tagger;

/// <summary>The pictures of a sticker that the network looks at: the same for stickers of a catalogue and for an image that is asked about.</summary>
public static class StickerFrames
{
    /// <summary>Most frames of an animation.</summary>
    public const int Max = 4;

    /// <summary>Names how frames are chosen and weighed: vectors made in another way do not belong into one set.</summary>
    public const string Choice = "most distinct, by share";

    /// <summary>Decodes a still image, or up to <see cref="Max"/> frames of an animation that differ most; at least one.</summary>
    /// <param name="file">The encoded file.</param>
    /// <param name="limits">What is refused; null for <see cref="ImageLimits.Default"/>.</param>
    /// <param name="room">As <see cref="ImageDecoder.Decode"/> takes it for a still image.</param>
    /// <exception cref="ImageException">The file is refused, truncated or corrupt.</exception>
    public static IReadOnlyList<AnimationFrame> Decode(ReadOnlySpan<byte> file, ImageLimits? limits = null, byte[]? room = null) => ImageDecoder.Identify(file, limits).Frames > 1
        ? ImageDecoder.DecodeDistinctFrames(file, StickerModel.DecodeSide, Max, limits)
        : [new AnimationFrame(ImageDecoder.Decode(file, StickerModel.DecodeSide, limits, room), 1)];
}
