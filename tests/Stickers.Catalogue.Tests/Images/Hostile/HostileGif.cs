using Stickers.Catalogue.Tests.Images.Making;
using static Stickers.Catalogue.Tests.Images.Hostile.HostileFile;

namespace Stickers.Catalogue.Tests.Images.Hostile;

internal static class HostileGif
{
    public static IEnumerable<HostileFile> Files()
    {
        var start = GifMaker.Start(12, 10);
        var indices = Enumerable.Range(0, 120).Select(i => (byte)(i % 4)).ToArray();
        var picture = GifMaker.Picture(0, 0, 12, 10, indices);
        byte[] good = [.. start, .. picture, .. GifMaker.Control(), .. GifMaker.Picture(2, 2, 2, 2, [1, 2, 3, 1]), 0x3B];

        foreach (var (cut, what) in new[] { (7, "inside the screen"), (18, "inside the colours"), (30, "inside the picture header"), (60, "in the pixels"), (good.Length - 1, "before the trailer") })
            yield return new($"gif-cut-{cut:D3}.gif", good[..cut], "Truncated", $"ends {what}");

        yield return new("gif-screen.gif", [.. GifMaker.Start(65535, 65535), .. GifMaker.Picture(1, 1, 1), 0x3B], "TooManyPixels", "one pixel on the largest screen there is");
        yield return new("gif-screen-4096.gif", [.. GifMaker.Start(4096, 4096), .. GifMaker.Picture(1, 1, 1), 0x3B], Imported, "one pixel on the largest screen allowed");
        yield return new("gif-work.gif", [.. GifMaker.Start(4096, 4096), .. Enumerable.Repeat(GifMaker.Picture(1, 1, 1), 100).SelectMany(p => p), 0x3B], "TooManyPixels", "100 frames of one pixel on a large screen");
        yield return new("gif-frame-65535.gif", [.. start, 0x2C, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 2, 1, 0x44, 0, 0x3B], "TooManyPixels", "a frame far larger than the screen");
        yield return new("gif-501.gif", [.. GifMaker.Start(1, 1), .. Enumerable.Repeat(GifMaker.Picture(1, 1, 1), 501).SelectMany(p => p), 0x3B], "TooManyFrames", "one frame too many");
        yield return new("gif-no-frames.gif", [.. start, 0x3B], "Corrupt", "no picture");
        yield return new("gif-only-comment.gif", [.. start, 0x21, 0xFE, 2, 65, 66, 0, 0x3B], "Corrupt", "a comment and no picture");
        yield return new("gif-junk.gif", [.. start, 0x77, .. picture, 0x3B], "Corrupt", "a byte that starts no block");
        yield return new("gif-code-bits-12.gif", [.. start, .. GifMaker.Picture(0, 0, 12, 10, indices, minimumCodeBits: 12), 0x3B], "Corrupt", "codes of 12 bits at least");
        yield return new("gif-code-bits-0.gif", [.. start, .. GifMaker.Picture(0, 0, 12, 10, indices, minimumCodeBits: 0), 0x3B], "Corrupt", "codes of no bits");
        yield return new("gif-bad-code.gif", [.. start, 0x2C, 0, 0, 0, 0, 12, 0, 10, 0, 0, 2, 3, 0xFC, 0xFF, 0xFF, 0, 0x3B], "Corrupt", "a code that is not in the table yet");
        yield return new("gif-no-data.gif", [.. start, 0x2C, 0, 0, 0, 0, 12, 0, 10, 0, 0, 2, 0, 0x3B], "Corrupt", "a picture without pixels");
        yield return new("gif-few-pixels.gif", [.. start, .. GifMaker.Picture(0, 0, 12, 10, indices[..50]), 0x3B], "Corrupt", "fewer pixels than announced");
        yield return new("gif-blank.gif", [.. start, .. GifMaker.Control(transparent: 2), .. GifMaker.Picture(12, 10, 2), 0x3B], "Blank", "every pixel transparent");
        yield return new("gif-loop.gif", [.. start, 0x21, 0xFF, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0, .. picture, 0x3B], Imported, "repeats for ever");

        yield return new("gif-ok-many-pixels.gif", [.. start, .. GifMaker.Picture(0, 0, 12, 10, [.. indices, .. indices]), 0x3B], Imported, "more pixels than announced");
        yield return new("gif-ok-no-screen.gif", [.. GifMaker.Start(0, 0), .. picture, 0x3B], Imported, "a screen of 0x0, as some old programs write");
        yield return new("gif-ok-beyond.gif", [.. start, .. GifMaker.Picture(6, 6, 12, 10, indices), 0x3B], Imported, "a picture that reaches beyond the screen");
        yield return new("gif-ok-interlaced.gif", [.. start, .. GifMaker.Picture(0, 0, 12, 10, indices, interlaced: true), 0x3B], Imported, "interlaced");
        yield return new("gif-ok-no-table.gif", [.. GifMaker.Start(12, 10, table: false), .. picture, 0x3B], Imported, "no colours anywhere: viewers choose");
        yield return new("gif-ok-comments.gif", [.. start, .. Enumerable.Repeat((byte[])[0x21, 0xFE, 1, 65, 0], 5000).SelectMany(c => c), .. picture, 0x3B], Imported, "five thousand comments");
        yield return new("gif-ok-tail.gif", [.. good, .. new byte[100]], Imported, "bytes after the trailer");
        yield return new("gif-ok-starts-blank.gif", [.. start, .. GifMaker.Control(transparent: 2), .. GifMaker.Picture(12, 10, 2), .. GifMaker.Control(), .. picture, 0x3B], Imported, "an empty first frame");
        foreach (var (seed, expected) in new[] { (1, "Corrupt"), (2, "Corrupt"), (3, Imported) })
            yield return new($"gif-flipped-{seed}.gif", Flipped(good, seed, 36), expected, "three flipped bits");
    }
}
