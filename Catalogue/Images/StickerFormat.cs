namespace Stickers.Catalogue.Images;

/// <summary>Image formats that are accepted. The numbers are persisted and frozen.</summary>
public enum StickerFormat
{
    /// <summary>Still PNG.</summary>
    Png = 1,

    /// <summary>Animated PNG.</summary>
    Apng = 2,

    /// <summary>JPEG.</summary>
    Jpeg = 3,

    /// <summary>WebP, still or animated.</summary>
    WebP = 4,

    /// <summary>GIF, still or animated.</summary>
    Gif = 5,

    /// <summary>SVG.</summary>
    Svg = 6,
}
