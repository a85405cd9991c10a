using Stickers.Catalogue;
using Stickers.Catalogue.Images;

namespace Stickers.Tagger.Evaluating;

/// <summary>A sticker on its way into the network: either images or the reason why there are none.</summary>
internal record PreparedSticker(Sticker Sticker, IReadOnlyList<RasterImage> Images, ImageException? Fault)
{
    /// <summary>Decodes what the network looks at.</summary>
    public static PreparedSticker Decode(Sticker sticker)
    {
        try
        {
            return new PreparedSticker(sticker, Frames(sticker), null);
        }
        catch (ImageException fault)
        {
            return new PreparedSticker(sticker, [], fault);
        }
    }

    /// <exception cref="ImageException">The image does not decode.</exception>
    protected static IReadOnlyList<RasterImage> Frames(Sticker sticker) => StickerFrames.Decode(sticker.Image.Span);
}
