using Stickers.Catalogue.Tests.Images.Making;
using static Stickers.Catalogue.Tests.Images.Hostile.HostileFile;

namespace Stickers.Catalogue.Tests.Images.Hostile;

internal static class HostileApng
{
    public static IEnumerable<HostileFile> Files()
    {
        var ihdr = PngMaker.Ihdr(16, 16);
        var first = PngMaker.Idat(16, Drawing(16, 16, 4));
        var pixels = Drawing(16, 16, 5);
        byte[][] Two(byte[] control, byte[] data) => [ihdr, PngMaker.Actl(2), PngMaker.Fctl(0, 16, 16), first, control, data];
        byte[] fctl = PngMaker.Fctl(1, 16, 16), fdat = PngMaker.Fdat(2, 16, pixels);
        var good = PngMaker.File(Two(fctl, fdat));

        foreach (var cut in new[] { 50, good.Length / 2, good.Length - 60, good.Length - 12 })
            yield return new($"apng-cut-{cut:D4}.png", good[..cut], "Truncated", "ends too early");

        yield return new("apng-million.png", PngMaker.File(ihdr, PngMaker.Actl(1_000_000), PngMaker.Fctl(0, 16, 16), first), "TooManyFrames", "claims a million frames");
        yield return new("apng-4-billion.png", PngMaker.File(ihdr, PngMaker.Actl(uint.MaxValue), PngMaker.Fctl(0, 16, 16), first), "TooManyFrames", "claims four billion frames");
        yield return new("apng-501.png", PngMaker.File([PngMaker.Ihdr(1, 1), PngMaker.Actl(501), .. Tiny(501)]), "TooManyFrames", "one frame too many");
        yield return new("apng-ok-500.png", PngMaker.File([PngMaker.Ihdr(1, 1), PngMaker.Actl(500), .. Tiny(500)]), Imported, "as many frames as are allowed");
        yield return new("apng-work.png", PngMaker.File(PngMaker.Ihdr(4096, 4096), PngMaker.Actl(400), PngMaker.Fctl(0, 4096, 4096), first), "TooManyPixels", "400 frames of 16 million pixels");
        yield return new("apng-no-frames.png", PngMaker.File(ihdr, PngMaker.Actl(0), first), "Corrupt", "announces no frames");
        yield return new("apng-fewer.png", PngMaker.File(ihdr, PngMaker.Actl(3), PngMaker.Fctl(0, 16, 16), first, fctl, fdat), "Corrupt", "announces three frames and has two");
        yield return new("apng-sequence-fctl.png", PngMaker.File(Two(PngMaker.Fctl(5, 16, 16), fdat)), "Corrupt", "wrong sequence number of fcTL");
        yield return new("apng-sequence-fdat.png", PngMaker.File(Two(fctl, PngMaker.Fdat(1, 16, pixels))), "Corrupt", "wrong sequence number of fdAT");
        yield return new("apng-sum-fdat.png", PngMaker.File(Two(fctl, PngMaker.Fdat(2, 16, pixels, wrongSum: true))), "Corrupt", "wrong check sum of fdAT");
        yield return new("apng-beyond.png", PngMaker.File(Two(PngMaker.Fctl(1, 16, 16, x: 1), fdat)), "Corrupt", "a frame that reaches beyond the canvas");
        yield return new("apng-overflow.png", PngMaker.File(Two(PngMaker.Fctl(1, 16, 16, x: 0xFFFFFFF8), fdat)), "Corrupt", "a position that overflows 32 bits");
        yield return new("apng-zero.png", PngMaker.File(Two(PngMaker.Fctl(1, 0, 16), fdat)), "Corrupt", "a frame without width");
        yield return new("apng-dispose-7.png", PngMaker.File(Two(PngMaker.Fctl(1, 16, 16, dispose: 7), fdat)), "Corrupt", "a disposal that does not exist");
        yield return new("apng-blend-9.png", PngMaker.File(Two(PngMaker.Fctl(1, 16, 16, blend: 9), fdat)), "Corrupt", "a blending that does not exist");
        yield return new("apng-no-data.png", PngMaker.File(Two(fctl, [])), "Corrupt", "a frame without data");
        yield return new("apng-short-fdat.png", PngMaker.File(Two(fctl, PngMaker.Chunk("fdAT", [0, 0]))), "Corrupt", "fdAT shorter than its sequence number");
        yield return new("apng-early-fdat.png", PngMaker.File(ihdr, PngMaker.Actl(1), PngMaker.Fdat(0, 16, pixels), PngMaker.Fctl(1, 16, 16), first), "Corrupt", "fdAT before anything");
        yield return new("apng-first-small.png", PngMaker.File(ihdr, PngMaker.Actl(1), PngMaker.Fctl(0, 8, 8), first), "Corrupt", "a first frame smaller than the picture");
        yield return new("apng-bomb-frame.png", PngMaker.File(Two(fctl, PngMaker.Chunk("fdAT", [.. PngMaker.Big(2), .. PngMaker.Deflate(new byte[16 << 20])]))), Imported, "16 MiB of data for a frame of 1 KiB");
        yield return new("apng-blank.png", PngMaker.File(ihdr, PngMaker.Actl(2), PngMaker.Fctl(0, 16, 16), PngMaker.Idat(16, new byte[1024]), fctl, PngMaker.Fdat(2, 16, new byte[1024])), "Blank", "two frames, both empty");
        yield return new("apng-ok-starts-blank.png", PngMaker.File(ihdr, PngMaker.Actl(2), PngMaker.Fctl(0, 16, 16), PngMaker.Idat(16, new byte[1024]), fctl, fdat), Imported, "an empty first frame");
        yield return new("apng-ok-one.png", PngMaker.File(ihdr, PngMaker.Actl(1), PngMaker.Fctl(0, 16, 16), first), Imported, "an animation of one frame");
        yield return new("apng-ok-hidden.png", PngMaker.File(ihdr, PngMaker.Actl(1), first, PngMaker.Fctl(0, 16, 16), PngMaker.Fdat(1, 16, pixels)), Imported, "the first picture is not part of the animation");
        yield return new("apng-ok-late-actl.png", PngMaker.File(ihdr, first, PngMaker.Actl(9)), Imported, "acTL after the pixels has no meaning");
        foreach (var seed in new[] { 1, 2 })
            yield return new($"apng-flipped-{seed}.png", Flipped(good, seed, 60), "Corrupt", "three flipped bits");
    }

    private static IEnumerable<byte[]> Tiny(int frames)
    {
        yield return PngMaker.Fctl(0, 1, 1);
        yield return PngMaker.Idat(1, 255, 0, 0, 255);
        for (uint i = 1; i < frames; i++)
        {
            yield return PngMaker.Fctl(2 * i - 1, 1, 1);
            yield return PngMaker.Fdat(2 * i, 1, [(byte)i, 0, 0, 255]);
        }
    }
}
