using System.Buffers.Binary;

namespace Stickers.Catalogue.Images;

/// <summary>Walks the chunks of a WebP (RFC 9649) and counts its animation frames.</summary>
internal static class WebPHeader
{
    private const int MinimumBytes = 12;
    private const byte AnimationFlag = 0x02;

    public static bool Matches(ReadOnlySpan<byte> file) =>
        file.Length >= MinimumBytes && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8);

    public static ImageHeader Read(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        var declared = BinaryPrimitives.ReadUInt32LittleEndian(file[4..]);
        if (declared > file.Length - 8)
            throw new ImageException(ImageFault.Truncated, $"WebP: {file.Length} bytes, its header says {declared + 8L}");
        if (declared < 4) throw Corrupt($"the header says {declared} bytes");
        var body = file.Slice(MinimumBytes, (int)declared - 4);

        int width = 0, height = 0, frames = 0, orientation = 1;
        bool animated = false, extended = false, picture = false;
        while (body.Length >= 8)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(body[4..]);
            if (length > body.Length - 8) throw new ImageException(ImageFault.Truncated, $"WebP: a chunk of {length} bytes is longer than the file");
            var chunk = body.Slice(8, (int)length);
            if (body.StartsWith("VP8X"u8) && width == 0)
            {
                if (chunk.Length < 10) throw Corrupt("VP8X is too short");
                (width, height) = (U24(chunk[4..]) + 1, U24(chunk[7..]) + 1);
                (extended, animated) = (true, (chunk[0] & AnimationFlag) != 0);
                ImageHeader.CheckSize("WebP", width, height, limits);
            }
            else if (body.StartsWith("ANMF"u8) && animated)
            {
                if (chunk.Length < 16) throw Corrupt("ANMF is too short");
                if (U24(chunk) * 2L + U24(chunk[6..]) + 1 > width || U24(chunk[3..]) * 2L + U24(chunk[9..]) + 1 > height)
                    throw Corrupt($"frame {frames} reaches beyond the {width}x{height} canvas");
                frames++;
            }
            else if (body.StartsWith("VP8 "u8) || body.StartsWith("VP8L"u8))
            {
                var (w, h) = body[3] == 'L' ? LosslessSize(chunk) : LossySize(chunk);
                ImageHeader.CheckSize("WebP", w, h, limits);
                if (extended && !animated && (w, h) != (width, height)) throw Corrupt($"a {w}x{h} picture on a {width}x{height} canvas");
                if (!extended && !picture) (width, height) = (w, h);
                picture = true;
            }
            else if (body.StartsWith("EXIF"u8))
            {
                orientation = ExifOrientation.Read(chunk);
            }
            body = body[(int)Math.Min(body.Length, 8 + length + (length & 1))..];
        }
        if (animated ? frames == 0 : !picture) throw Corrupt("there is no picture in it");
        ImageHeader.CheckFrames("WebP", frames, width, height, limits);
        return new ImageHeader(StickerFormat.WebP, width, height, Math.Max(1, frames), orientation);
    }

    /// <summary>RFC 6386, section 9.1: three bytes of tag, a start code, then 14 bits each.</summary>
    private static (int Width, int Height) LossySize(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < 10 || !chunk[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A])) throw Corrupt("VP8 has no key frame header");
        return (BinaryPrimitives.ReadUInt16LittleEndian(chunk[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(chunk[8..]) & 0x3FFF);
    }

    /// <summary>RFC 9649, section 3.4: a signature byte, then 14 bits each, less one.</summary>
    private static (int Width, int Height) LosslessSize(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < 5 || chunk[0] != 0x2F) throw Corrupt("VP8L has no signature");
        var bits = BinaryPrimitives.ReadUInt32LittleEndian(chunk[1..]);
        return ((int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1);
    }

    private static int U24(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;

    private static ImageException Corrupt(string what) => new(ImageFault.Corrupt, $"WebP: {what}");
}
