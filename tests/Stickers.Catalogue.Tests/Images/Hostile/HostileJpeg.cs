using NetVips;
using Stickers.Catalogue.Tests.Images.Making;
using static Stickers.Catalogue.Tests.Images.Hostile.HostileFile;

namespace Stickers.Catalogue.Tests.Images.Hostile;

internal static class HostileJpeg
{
    public static IEnumerable<HostileFile> Files()
    {
        static int Sample(int x, int y, int c) => (x * 40 + y * 25 + c * 60) % 256;
        var good = JpegMaker.Blocks(4, 3, 3, Sample);
        var photo = Encoded(progressive: false);
        var progressive = Encoded(progressive: true);
        byte[] tables = JpegMaker.Tables(1), frame = JpegMaker.Frame(16, 16, 1), scan = JpegMaker.Scan(2, 2, 1, Sample);
        byte[] File(params byte[][] parts) => [.. JpegMaker.Soi, .. parts.SelectMany(p => p), .. JpegMaker.Eoi];

        foreach (var (cut, what) in new[] { (3, "after the start marker"), (30, "inside the tables"), (photo.Length / 3, "in the pixels"), (photo.Length - 2, "before the end marker"), (photo.Length - 1, "inside the end marker") })
            yield return new($"jpeg-cut-{cut:D4}.jpg", photo[..cut], "Truncated", $"ends {what}");
        yield return new("jpeg-cut-progressive.jpg", progressive[..(progressive.Length / 2)], "Truncated", "a progressive one, half");

        yield return new("jpeg-no-scan.jpg", File(tables, frame), "Corrupt", "no pixels");
        yield return new("jpeg-scan-first.jpg", File(tables, scan), "Corrupt", "pixels without a frame header");
        yield return new("jpeg-zero-width.jpg", File(tables, JpegMaker.Frame(0, 16, 1), scan), "Corrupt", "0 pixels wide");
        yield return new("jpeg-zero-height.jpg", File(tables, JpegMaker.Frame(16, 0, 1), scan), "Corrupt", "the height is to follow later, which no viewer supports");
        yield return new("jpeg-65500.jpg", File(tables, JpegMaker.Frame(65500, 65500, 1), scan), "TooManyPixels", "claims 65500x65500");
        yield return new("jpeg-two-frames.jpg", File(tables, frame, frame, scan), "Corrupt", "two frame headers");
        yield return new("jpeg-length-1.jpg", [.. JpegMaker.Soi, 0xFF, 0xE0, 0, 1, .. good[2..]], "Corrupt", "a segment shorter than its own length");
        yield return new("jpeg-length-far.jpg", [.. JpegMaker.Soi, 0xFF, 0xE0, 0xFF, 0xFF, .. good[2..]], "Truncated", "a segment longer than the file");
        yield return new("jpeg-short-frame.jpg", File(tables, JpegMaker.Segment(0xC0, 8, 0), scan), "Corrupt", "a frame header of two bytes");
        yield return new("jpeg-no-tables.jpg", File(frame, scan), "Corrupt", "no tables to decode with");
        yield return new("jpeg-bad-huffman.jpg", File(tables, JpegMaker.Segment(0xC4, [0, .. Enumerable.Repeat((byte)255, 16), .. new byte[100]]), frame, scan), "Corrupt", "more codes than a table can have");
        yield return new("jpeg-components-5.jpg", File(tables, JpegMaker.Frame(16, 16, 5), scan), "Corrupt", "five components");
        yield return new("jpeg-sampling-0.jpg", File(tables, JpegMaker.Segment(0xC0, 8, 0, 16, 0, 16, 1, 1, 0x00, 0), scan), "Corrupt", "sampling factor 0");
        yield return new("jpeg-sampling-15.jpg", File(tables, JpegMaker.Segment(0xC0, 8, 0, 16, 0, 16, 1, 1, 0xFF, 0), scan), "Corrupt", "sampling factor 15");
        yield return new("jpeg-12-bit.jpg", File(tables, JpegMaker.Frame(16, 16, 1, precision: 12), scan), "Corrupt", "12 bits a sample");
        yield return new("jpeg-lossless.jpg", File(tables, JpegMaker.Frame(16, 16, 1, marker: 0xC3), scan), "Corrupt", "a lossless process that nobody supports");
        yield return new("jpeg-1000-scans.jpg", File([tables, JpegMaker.Frame(16, 16, 1, marker: 0xC2), .. Enumerable.Repeat(scan, 1000)]), "Corrupt", "a thousand scans, each of which costs a pass");
        yield return new("jpeg-soi-only.jpg", [0xFF, 0xD8, 0xFF, 0xD9], "Corrupt", "start and end and nothing between");
        yield return new("jpeg-exif-empty.jpg", JpegMaker.Blocks(2, 2, 1, Sample, JpegMaker.Exif([])), Imported, "EXIF without content");
        yield return new("jpeg-exif-loop.jpg", JpegMaker.Blocks(2, 2, 1, Sample, JpegMaker.Exif(ExifMaker.Orientation(3, next: 8))), Imported, "EXIF directories that link to themselves");
        yield return new("jpeg-exif-entries.jpg", JpegMaker.Blocks(2, 2, 1, Sample, JpegMaker.Exif([.. "MM\0*"u8, 0, 0, 0, 8, 0xFF, 0xFF, 1, 2])), Imported, "EXIF that announces 65535 entries and has none");
        yield return new("jpeg-exif-99.jpg", JpegMaker.Blocks(2, 2, 1, Sample, JpegMaker.Exif(ExifMaker.Orientation(99))), Imported, "orientation 99");
        yield return new("jpeg-exif-offset.jpg", JpegMaker.Blocks(2, 2, 1, Sample, JpegMaker.Exif([.. "MM\0*"u8, 0x7F, 0xFF, 0xFF, 0xFF])), Imported, "EXIF directory two gigabytes away");

        for (ushort orientation = 1; orientation <= 8; orientation++)
            yield return new($"jpeg-ok-orientation-{orientation}.jpg", JpegMaker.Blocks(3, 2, 3, Sample, JpegMaker.Exif(ExifMaker.Orientation(orientation))), Imported, $"orientation {orientation}");
        yield return new("jpeg-ok-cmyk.jpg", JpegMaker.Blocks(2, 2, 4, Sample), Imported, "four inks");
        yield return new("jpeg-ok-grey.jpg", JpegMaker.Blocks(1, 1, 1, Sample), Imported, "grey");
        yield return new("jpeg-ok-progressive.jpg", progressive, Imported, "progressive");
        yield return new("jpeg-ok-fill.jpg", [.. JpegMaker.Soi, 0xFF, 0xFF, 0xFF, .. good[2..]], Imported, "fill bytes before a marker");
        yield return new("jpeg-ok-comments.jpg", JpegMaker.Blocks(2, 2, 1, Sample, [.. Enumerable.Repeat(JpegMaker.Segment(0xFE, new byte[100]), 200)]), Imported, "two hundred comments");
        yield return new("jpeg-ok-tail.jpg", [.. good, .. new byte[1000]], Imported, "a kilobyte after the end");
        yield return new("jpeg-ok-twice.jpg", [.. good, .. photo], Imported, "a second picture after the first, as some cameras write");
        foreach (var (seed, expected) in new[] { (1, Imported), (2, Imported), (3, Imported) })
            yield return new($"jpeg-flipped-{seed}.jpg", Flipped(photo, seed, photo.Length - 300), expected, "three flipped bits among the pixels, which JPEG cannot notice");
    }

    private static byte[] Encoded(bool progressive)
    {
        using var picture = Image.NewFromMemory(Drawing(40, 30, 6, opaque: true), 40, 30, 4, Enums.BandFormat.Uchar);
        using var rgb = picture.ExtractBand(0, 3).Copy(interpretation: Enums.Interpretation.Srgb);
        return rgb.JpegsaveBuffer(q: 90, interlace: progressive, keep: Enums.ForeignKeep.None);
    }
}
