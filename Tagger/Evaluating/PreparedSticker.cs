using Stickers.Catalogue;
using Stickers.Catalogue.Images;

namespace Stickers.Tagger.Evaluating;

/// <summary>A sticker on its way into the network: either images or the reason why there are none.</summary>
internal record PreparedSticker(Sticker Sticker, IReadOnlyList<RasterImage> Images, ImageException? Fault)
{
    /// <exception cref="ImageException">The image does not decode.</exception>
    protected static IReadOnlyList<AnimationFrame> Frames(Sticker sticker) => StickerFrames.Decode(sticker.Image.Span);
}
