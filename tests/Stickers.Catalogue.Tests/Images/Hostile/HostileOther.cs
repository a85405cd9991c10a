using System.Text;
using Stickers.Catalogue.Tests.Images.Making;
using static Stickers.Catalogue.Tests.Images.Hostile.HostileFile;

namespace Stickers.Catalogue.Tests.Images.Hostile;

/// <summary>Files that are no image, no accepted image, or not what their name says.</summary>
internal static class HostileOther
{
    public static IEnumerable<HostileFile> Files()
    {
        var png = PngMaker.Rgba(20, 16, Drawing(20, 16, 1));
        yield return new("empty.png", [], "Empty", "no bytes");
        yield return new("one-byte.png", [0x89], "UnknownFormat", "the first byte of a PNG and nothing else");
        yield return new("text.png", "This is not a picture.\n"u8.ToArray(), "UnknownFormat", "plain text");
        yield return new("spaces.svg", [.. Enumerable.Repeat((byte)' ', 5000)], "UnknownFormat", "only white space");
        yield return new("zeros.gif", new byte[1000], "UnknownFormat", "only zero bytes");
        yield return new("page.jpg", "<!DOCTYPE html><html><head><meta charset=utf-8><title>404</title></head><body>Not found</body></html>"u8.ToArray(), "UnknownFormat", "the error page of a server");
        yield return new("page-with-drawing.svg", "<html xmlns='http://www.w3.org/1999/xhtml'><body><svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg></body></html>"u8.ToArray(), "UnknownFormat", "a web page that holds a drawing");
        yield return new("feed.svg", "<?xml version='1.0'?><rss version='2.0'><channel/></rss>"u8.ToArray(), "UnknownFormat", "XML of another kind");
        yield return new("bitmap.bmp", [.. "BM"u8, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], 1, 2, 3, 0], "UnknownFormat", "BMP is not accepted");
        yield return new("icon.png", [0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, .. new byte[60]], "UnknownFormat", "ICO is not accepted");
        yield return new("photo.tiff", [.. "II*\0"u8, 8, 0, 0, 0, 0, 0], "UnknownFormat", "TIFF is not accepted");
        yield return new("photo.avif", [0, 0, 0, 28, .. "ftypavif"u8, 0, 0, 0, 0, .. "avifmif1miaf"u8], "UnknownFormat", "AVIF is not accepted");
        yield return new("paper.png", "%PDF-1.4\n%%EOF\n"u8.ToArray(), "UnknownFormat", "PDF is not accepted");
        yield return new("archive.png", [0x50, 0x4B, 5, 6, .. new byte[18]], "UnknownFormat", "an empty ZIP");
        yield return new("program.gif", [0x7F, .. "ELF"u8, .. new byte[60]], "UnknownFormat", "a program");
        yield return new("png-named.jpg", png, Imported, "a good PNG with the wrong ending");
        yield return new("png-then-zip.png", [.. png, 0x50, 0x4B, 5, 6, .. new byte[18]], Imported, "a PNG that is also a ZIP");
        yield return new("png-then-script.png", [.. png, .. "<script>alert(1)</script>"u8], Imported, "a PNG that is also a web page");
        yield return new("gif-and-script.gif", [.. GifMaker.Start(4, 4), 0x21, 0xFE, .. GifMaker.SubBlocks([.. "*/=1;alert(1)/*"u8]), .. GifMaker.Picture(4, 4, 1), 0x3B], Imported, "a GIF that is also a script");
        yield return new("magic-only.webp", [.. "RIFF"u8, 4, 0, 0, 0, .. "WEBP"u8], "Corrupt", "a WebP without a chunk");
        yield return new("wave.webp", [.. "RIFF"u8, 36, 0, 0, 0, .. "WAVEfmt "u8, .. new byte[24]], "UnknownFormat", "RIFF, but sound");
        yield return new("line-ends.png", Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(png).Replace("\r\n", "\n", StringComparison.Ordinal)), "UnknownFormat", "sent as text: its line ends were changed, which the signature shows");
    }
}
