using System.Buffers.Binary;

namespace Stickers.Catalogue.Images;

/// <summary>Walks the segments of a JPEG (ITU-T T.81, annex B) up to its end marker.</summary>
internal static class JpegHeader
{
    private const byte Soi = 0xD8, Eoi = 0xD9, Sos = 0xDA, App1 = 0xE1;

    /// <summary>
    /// A progressive JPEG is decoded once per scan over the whole picture, so a file of a few kilobytes could ask for hours.
    /// Encoders write about ten scans.
    /// </summary>
    private const int MaxScans = 64;

    public static bool Matches(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, Soi, 0xFF]);

    public static ImageHeader Read(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        int width = 0, height = 0, orientation = 1, scans = 0;
        var at = 2;
        while (true)
        {
            var marker = NextMarker(file, ref at);
            if (marker == Eoi) break;
            if (marker is 0x01 or >= 0xD0 and <= 0xD8) continue; // TEM, RSTn, SOI stand alone
            var segment = Segment(file, ref at);
            switch (marker)
            {
                case Sos:
                    if (width == 0) throw Corrupt("picture data comes before the frame header");
                    if (++scans > MaxScans) throw Corrupt($"more than {MaxScans} scans");
                    break;
                case App1 when segment.StartsWith("Exif\0\0"u8):
                    orientation = ExifOrientation.Read(segment);
                    break;
                case >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC):
                    if (width != 0) throw Corrupt("there is more than one frame header");
                    if (segment.Length < 6) throw Corrupt("the frame header is too short");
                    (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), BinaryPrimitives.ReadUInt16BigEndian(segment[3..]));
                    ImageHeader.CheckSize("JPEG", width, height, limits);
                    break;
            }
        }
        if (scans == 0) throw Corrupt("there is no picture data before the end marker");
        return new ImageHeader(StickerFormat.Jpeg, width, height, 1, orientation);
    }

    /// <summary>Goes past stuffed and entropy-coded bytes to the byte after the next marker.</summary>
    private static byte NextMarker(ReadOnlySpan<byte> file, ref int at)
    {
        while (true)
        {
            var skip = file[at..].IndexOf((byte)0xFF);
            if (skip < 0) throw Truncated(file);
            at += skip;
            while (at < file.Length && file[at] == 0xFF) at++;
            if (at >= file.Length) throw Truncated(file);
            var marker = file[at++];
            if (marker != 0) return marker; // FF 00 is a data byte FF
        }
    }

    private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> file, ref int at)
    {
        if (file.Length - at < 2) throw Truncated(file);
        int length = BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
        if (length < 2) throw Corrupt($"the segment at byte {at} has length {length}");
        if (length > file.Length - at) throw Truncated(file);
        var segment = file.Slice(at + 2, length - 2);
        at += length;
        return segment;
    }

    private static ImageException Corrupt(string what) => new(ImageFault.Corrupt, $"JPEG: {what}");

    private static ImageException Truncated(ReadOnlySpan<byte> file) =>
        new(ImageFault.Truncated, $"JPEG: {file.Length} bytes end before the end marker (FF D9)");
}
