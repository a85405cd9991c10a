namespace Stickers.Catalogue.Images;

/// <summary>Decoded pixels: 8 bits per channel, sRGB, straight (not premultiplied) alpha.</summary>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="Rgba">Row-major from the top left, 4 bytes a pixel: R, G, B, A. Length is Width * Height * 4.</param>
public sealed record RasterImage(int Width, int Height, byte[] Rgba);

/// <summary>What a file's headers say.</summary>
/// <param name="Format">Format by content, never by file name.</param>
/// <param name="Width">Pixels, after EXIF orientation.</param>
/// <param name="Height">Pixels, after EXIF orientation.</param>
/// <param name="Frames">Animation frames; 1 for still images.</param>
public sealed record ImageInfo(StickerFormat Format, int Width, int Height, int Frames);
