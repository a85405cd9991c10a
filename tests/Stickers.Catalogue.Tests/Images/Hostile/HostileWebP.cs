using Stickers.Catalogue.Tests.Images.Making;
using static Stickers.Catalogue.Tests.Images.Hostile.HostileFile;

namespace Stickers.Catalogue.Tests.Images.Hostile;

internal static class HostileWebP
{
    public static IEnumerable<HostileFile> Files()
    {
        var pixels = Drawing(32, 24, 7);
        var lossless = WebPMaker.Still(32, 24, pixels);
        var lossyData = WebPMaker.Lossy(32, 24, Drawing(32, 24, 7, opaque: true));
        var lossy = WebPMaker.File(WebPMaker.Chunk("VP8 ", lossyData));
        var canvas = WebPMaker.Extended(32, 24, 2 | 16);
        var animation = WebPMaker.File(canvas, WebPMaker.Animation(), WebPMaker.Frame(0, 0, 32, 24, pixels), WebPMaker.Frame(4, 4, 8, 8, Drawing(8, 8, 8, opaque: true)));
        var losslessData = WebPMaker.Lossless(32, 24, pixels);

        foreach (var (name, file) in new[] { ("lossless", lossless), ("lossy", lossy), ("animation", animation) })
        {
            yield return new($"webp-cut-{name}.webp", file[..(file.Length / 2)], "Truncated", $"half of a file ({name})");
            yield return new($"webp-cut-end-{name}.webp", file[..^2], "Truncated", $"without its last two bytes ({name})");
            yield return new($"webp-ok-{name}.webp", file, Imported, $"good ({name})");
        }
        yield return new("webp-cut-14.webp", lossless[..14], "Truncated", "inside the first chunk's name");
        yield return new("webp-short-data.webp", WebPMaker.File(WebPMaker.Chunk("VP8L", losslessData[..(losslessData.Length / 2)])), "Corrupt", "whole chunks around half of the pixels");
        yield return new("webp-short-lossy.webp", WebPMaker.File(WebPMaker.Chunk("VP8 ", lossyData[..(lossyData.Length / 2)])), "Corrupt", "whole chunks around half of the pixels, lossy");
        yield return new("webp-length-4g.webp", [.. "RIFF"u8, 0xFE, 0xFF, 0xFF, 0xFF, .. lossless[8..]], "Truncated", "claims 4 GiB");
        yield return new("webp-length-0.webp", [.. "RIFF"u8, 0, 0, 0, 0, .. lossless[8..]], "Corrupt", "claims no bytes");
        yield return new("webp-chunk-4g.webp", WebPMaker.File([.. "VP8L"u8, 0xFF, 0xFF, 0xFF, 0xFF, .. losslessData]), "Truncated", "a chunk that claims 4 GiB");
        yield return new("webp-unknown.webp", WebPMaker.File(WebPMaker.Chunk("ABCD", new byte[40])), "Corrupt", "only an unknown chunk");
        yield return new("webp-canvas.webp", WebPMaker.File(WebPMaker.Extended(1 << 24, 1 << 24, 2), WebPMaker.Animation()), "TooManyPixels", "the largest canvas there is");
        yield return new("webp-16383.webp", WebPMaker.File(WebPMaker.Chunk("VP8L", [0x2F, 0xFF, 0xFF, 0xFF, 0x0F, .. new byte[20]])), "TooManyPixels", "claims 16384x16384");
        yield return new("webp-zero.webp", WebPMaker.File(WebPMaker.Chunk("VP8 ", [.. lossyData[..6], 0, 0, 0, 0, .. lossyData[10..]])), "Corrupt", "a lossy picture of 0x0");
        yield return new("webp-signature.webp", WebPMaker.File(WebPMaker.Chunk("VP8L", [0x2E, .. losslessData[1..]])), "Corrupt", "wrong signature of lossless data");
        yield return new("webp-key-frame.webp", WebPMaker.File(WebPMaker.Chunk("VP8 ", [.. lossyData[..3], 1, 2, 3, .. lossyData[6..]])), "Corrupt", "no start code in lossy data");
        yield return new("webp-no-picture.webp", WebPMaker.File(WebPMaker.Extended(32, 24, 16)), "Corrupt", "a canvas and nothing on it");
        yield return new("webp-no-frames.webp", WebPMaker.File(canvas, WebPMaker.Animation()), "Corrupt", "an animation without frames");
        yield return new("webp-contradiction.webp", WebPMaker.File(WebPMaker.Extended(99, 24, 16), WebPMaker.Chunk("VP8L", losslessData)), "Corrupt", "canvas and picture differ in size");
        yield return new("webp-beyond.webp", WebPMaker.File(canvas, WebPMaker.Animation(), WebPMaker.Frame(20, 0, 32, 24, pixels)), "Corrupt", "a frame that reaches beyond the canvas");
        yield return new("webp-short-frame.webp", WebPMaker.File(canvas, WebPMaker.Animation(), WebPMaker.Chunk("ANMF", new byte[10])), "Corrupt", "a frame shorter than its header");
        yield return new("webp-501.webp", WebPMaker.File([WebPMaker.Extended(1, 1, 2), WebPMaker.Animation(), .. Enumerable.Repeat(WebPMaker.Frame(0, 0, 1, 1, [1, 2, 3, 255]), 501)]), "TooManyFrames", "one frame too many");
        yield return new("webp-bomb.webp", WebPMaker.Still(4096, 4096, Filled(4096 * 4096, 77)), Imported, "16 million pixels of one colour, just within the limits");
        yield return new("webp-bomb-frames.webp", WebPMaker.File([WebPMaker.Extended(4096, 4096, 2), WebPMaker.Animation(), .. Enumerable.Repeat(WebPMaker.Frame(0, 0, 1, 1, [1, 2, 3, 255]), 20)]), "TooManyPixels", "20 frames of one pixel on 16 million");
        yield return new("webp-blank.webp", WebPMaker.Still(16, 16, new byte[1024]), "Blank", "every pixel transparent");
        yield return new("webp-exif-loop.webp", WebPMaker.File(WebPMaker.Extended(32, 24, 8 | 16), WebPMaker.Chunk("VP8L", losslessData), WebPMaker.Chunk("EXIF", ExifMaker.Orientation(8, next: 8))), Imported, "EXIF directories that link to themselves");
        yield return new("webp-ok-tail.webp", [.. lossless, .. new byte[500]], Imported, "bytes after the end");
        foreach (var (seed, expected) in new[] { (1, "Corrupt"), (2, Imported) })
            yield return new($"webp-flipped-{seed}.webp", Flipped(lossless, seed, 25), expected, "three flipped bits");
    }

    private static byte[] Filled(int pixels, byte value)
    {
        var rgba = new byte[pixels * 4];
        Array.Fill(rgba, value);
        return rgba;
    }
}
