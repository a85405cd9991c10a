using Stickers.Catalogue.Tests.Images.Making;
using static Stickers.Catalogue.Tests.Images.Hostile.HostileFile;

namespace Stickers.Catalogue.Tests.Images.Hostile;

internal static class HostilePng
{
    public static IEnumerable<HostileFile> Files()
    {
        var pixels = Drawing(24, 20, 2);
        var ihdr = PngMaker.Ihdr(24, 20);
        var idat = PngMaker.Idat(20, pixels);
        var good = PngMaker.File(ihdr, idat);

        foreach (var (cut, what) in new[] { (8, "after the signature"), (20, "inside IHDR"), (33, "after IHDR"), (41, "at the start of IDAT"), (good.Length / 2, "in the middle of IDAT"), (good.Length - 12, "before IEND"), (good.Length - 2, "inside the last check sum") })
            yield return new($"png-cut-{cut:D4}.png", good[..cut], "Truncated", $"ends {what}");

        yield return new("png-zero-width.png", PngMaker.File(PngMaker.Ihdr(0, 20), idat), "Corrupt", "0 pixels wide");
        yield return new("png-zero-height.png", PngMaker.File(PngMaker.Ihdr(24, 0), idat), "Corrupt", "0 pixels high");
        yield return new("png-60000.png", PngMaker.File(PngMaker.Ihdr(60000, 60000), idat), "TooManyPixels", "claims 60000x60000 in a few bytes");
        yield return new("png-largest.png", PngMaker.File(PngMaker.Ihdr(0x7FFFFFFF, 0x7FFFFFFF), idat), "TooManyPixels", "claims the largest size there is");
        yield return new("png-negative.png", PngMaker.File(PngMaker.Ihdr(0xFFFFFFFF, 1), idat), "TooManyPixels", "a width that is negative as a signed number");
        yield return new("png-strip.png", PngMaker.File(PngMaker.Ihdr(10000, 1, 1, 0), PngMaker.Idat(1, new byte[1250])), "TooManyPixels", "few pixels, but one side too long");
        yield return new("png-bomb-blank.png", PngMaker.File(PngMaker.Ihdr(4096, 4096), PngMaker.Idat(4096, new byte[4096 * 4096 * 4])), "Blank", "64 MiB of transparent pixels, just within the limits");
        yield return new("png-bomb-grey.png", PngMaker.File(PngMaker.Ihdr(4096, 4096, 1, 0), PngMaker.Idat(4096, new byte[512 * 4096])), Imported, "16 million black pixels in two kilobytes, just within the limits");
        yield return new("png-bomb-over.png", PngMaker.File(PngMaker.Ihdr(4097, 4096, 1, 0), PngMaker.Idat(4096, new byte[513 * 4096])), "TooManyPixels", "a row of pixels beyond the limits");
        yield return new("png-bomb-surplus.png", PngMaker.File(PngMaker.Ihdr(1, 1), PngMaker.Chunk("IDAT", PngMaker.Deflate([0, 1, 2, 3, 255, .. new byte[32 << 20]]))), Imported, "one pixel, followed by 32 MiB that nobody asked for");
        yield return new("png-bomb-text.png", PngMaker.File(ihdr, PngMaker.Chunk("zTXt", [.. "Comment\0\0"u8, .. PngMaker.Deflate(new byte[32 << 20])]), idat), Imported, "a comment of 32 MiB, compressed");
        yield return new("png-bomb-profile.png", PngMaker.File(ihdr, PngMaker.Chunk("iCCP", [.. "x\0\0"u8, .. PngMaker.Deflate(new byte[32 << 20])]), idat), Imported, "a colour profile of 32 MiB of zeros");

        yield return new("png-sum-ihdr.png", PngMaker.File(PngMaker.Chunk("IHDR", ihdr[8..21], wrongSum: true), idat), "Corrupt", "wrong check sum of IHDR");
        yield return new("png-sum-idat.png", PngMaker.File(ihdr, PngMaker.Chunk("IDAT", idat[8..^4], wrongSum: true)), "Corrupt", "wrong check sum of IDAT");
        yield return new("png-sum-text.png", PngMaker.File(ihdr, PngMaker.Chunk("tEXt", [.. "a\0b"u8], wrongSum: true), idat), Imported, "wrong check sum of a comment, which does not matter");
        yield return new("png-zlib-header.png", PngMaker.File(ihdr, PngMaker.Chunk("IDAT", [0x11, 0x22, .. idat[10..^4]])), "Corrupt", "no zlib data in IDAT");
        yield return new("png-zlib-short.png", PngMaker.File(ihdr, PngMaker.Idat(10, pixels[..(pixels.Length / 2)])), "Corrupt", "half of the rows, in whole chunks");
        yield return new("png-zlib-none.png", PngMaker.File(ihdr, PngMaker.Chunk("IDAT", [])), "Corrupt", "IDAT without a byte");
        yield return new("png-filter-9.png", PngMaker.File(ihdr, PngMaker.Chunk("IDAT", PngMaker.Deflate(PngMaker.Filtered(20, pixels, filter: 9)))), "Corrupt", "a row filter that does not exist");
        yield return new("png-depth-3.png", PngMaker.File(PngMaker.Ihdr(24, 20, 3, 0), idat), "Corrupt", "3 bits a sample");
        yield return new("png-colour-5.png", PngMaker.File(PngMaker.Ihdr(24, 20, 8, 5), idat), "Corrupt", "a colour type that does not exist");
        yield return new("png-interlace-2.png", PngMaker.File(PngMaker.Ihdr(24, 20, interlace: 2), idat), "Corrupt", "an interlacing that does not exist");
        yield return new("png-no-palette.png", PngMaker.File(PngMaker.Ihdr(4, 1, 8, 3), PngMaker.Idat(1, 0, 1, 2, 3)), "Corrupt", "palette indices without palette");
        yield return new("png-palette-5.png", PngMaker.File(PngMaker.Ihdr(4, 1, 8, 3), PngMaker.Chunk("PLTE", [1, 2, 3, 4, 5]), PngMaker.Idat(1, 0, 1, 2, 3)), "Corrupt", "a palette of one colour and two thirds");
        yield return new("png-palette-index.png", PngMaker.File(PngMaker.Ihdr(4, 1, 8, 3), PngMaker.Chunk("PLTE", [1, 2, 3]), PngMaker.Idat(1, 0, 1, 200, 255)), Imported, "indices beyond the palette, shown black");
        yield return new("png-ihdr-12.png", PngMaker.File(PngMaker.Chunk("IHDR", ihdr[8..20]), idat), "Corrupt", "IHDR of 12 bytes");
        yield return new("png-ihdr-twice.png", PngMaker.File(ihdr, ihdr, idat), "Corrupt", "two IHDR");
        yield return new("png-ihdr-late.png", PngMaker.File(PngMaker.Chunk("tEXt", [.. "a\0b"u8]), ihdr, idat), "Corrupt", "IHDR is not first");
        yield return new("png-no-idat.png", PngMaker.File(ihdr), "Corrupt", "no pixels");
        yield return new("png-length-4g.png", [.. PngMaker.Signature, .. ihdr, 0xFF, 0xFF, 0xFF, 0xFF, .. "IDAT"u8, .. new byte[50]], "Truncated", "a chunk that claims 4 GiB");
        yield return new("png-chunk-name.png", PngMaker.File(ihdr, PngMaker.Chunk("ID\u0000T", [1, 2]), idat), "Corrupt", "a chunk whose name is not letters");
        yield return new("png-exif-loop.png", PngMaker.File(ihdr, PngMaker.Chunk("eXIf", ExifMaker.Orientation(6, next: 8)), idat), Imported, "EXIF directories that link to themselves");
        yield return new("png-exif-far.png", PngMaker.File(ihdr, PngMaker.Chunk("eXIf", [.. "II*\0"u8, 0xFF, 0xFF, 0xFF, 0xFF, 1]), idat), Imported, "EXIF directory beyond the block");
        yield return new("png-blank.png", PngMaker.Rgba(30, 30, new byte[3600]), "Blank", "every pixel transparent");

        yield return new("png-ok-1x1.png", PngMaker.Rgba(1, 1, [9, 8, 7, 255]), Imported, "the smallest picture");
        yield return new("png-ok-faint.png", PngMaker.Rgba(1, 1, [9, 8, 7, 1]), Imported, "hardly visible, but not blank");
        yield return new("png-ok-16-bit.png", PngMaker.File(PngMaker.Ihdr(8, 8, 16, 6), PngMaker.Idat(8, Drawing(16, 8, 3, opaque: true))), Imported, "16 bits a sample");
        yield return new("png-ok-grey-16.png", PngMaker.File(PngMaker.Ihdr(8, 8, 16, 4), PngMaker.Idat(8, Drawing(8, 8, 3, opaque: true))), Imported, "grey and alpha of 16 bits");
        yield return new("png-ok-palette.png", PngMaker.File(PngMaker.Ihdr(8, 2, 2, 3), PngMaker.Chunk("PLTE", [1, 2, 3, 90, 80, 70, 200, 0, 0, 0, 0, 250]), PngMaker.Chunk("tRNS", [0, 128]), PngMaker.Idat(2, 0x1B, 0xE4, 0x1B, 0xE4)), Imported, "palette of 2 bits with transparency");
        yield return new("png-ok-interlaced.png", PngMaker.File(PngMaker.Ihdr(1, 1, interlace: 1), PngMaker.Idat(1, 1, 2, 3, 255)), Imported, "interlaced, with six empty passes");
        yield return new("png-ok-pieces.png", PngMaker.File([ihdr, .. idat[8..^4].Chunk(1).Select(b => PngMaker.Chunk("IDAT", b))]), Imported, "one IDAT for each byte");
        yield return new("png-ok-unknown.png", PngMaker.File(ihdr, PngMaker.Chunk("abCd", new byte[100]), idat), Imported, "an optional chunk that nobody knows");
        yield return new("png-ok-3000-chunks.png", PngMaker.File([ihdr, .. Enumerable.Repeat(PngMaker.Chunk("tEXt", [.. "a\0b"u8]), 3000), idat]), Imported, "three thousand comments");
        yield return new("png-gamma-0.png", PngMaker.File(ihdr, PngMaker.Chunk("gAMA", PngMaker.Big(0)), idat), Imported, "gamma 0, to be ignored");
        foreach (var (seed, expected) in new[] { (1, "Corrupt"), (2, "Corrupt"), (3, "Corrupt"), (4, "Truncated") })
            yield return new($"png-flipped-{seed}.png", Flipped(good, seed, 16), expected, "three flipped bits");
    }
}
