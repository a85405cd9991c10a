using System.Buffers.Binary;

namespace Stickers.Catalogue.Images;

/// <summary>Walks the blocks of a GIF (GIF89a specification) up to its trailer and counts its pictures.</summary>
internal static class GifHeader
{
    private const byte Extension = 0x21, Picture = 0x2C, Trailer = 0x3B;

    public static bool Matches(ReadOnlySpan<byte> file) => file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8);

    public static ImageHeader Read(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        if (file.Length < 13) throw Truncated(file);
        int width = U16(file, 6), height = U16(file, 8), frames = 0;
        // Both 0: some old encoders leave the screen open; viewers then take the first picture's extent.
        if (width != 0 || height != 0) ImageHeader.CheckSize("GIF", width, height, limits);
        var at = 13 + TableBytes(file[10]);
        while (true)
        {
            if (at >= file.Length) throw Truncated(file);
            switch (file[at])
            {
                case Trailer:
                    if (frames == 0) throw Corrupt("there is no picture before the trailer");
                    return new ImageHeader(StickerFormat.Gif, width, height, frames);
                case Extension:
                    at = SkipSubBlocks(file, at + 2);
                    break;
                case Picture:
                    if (file.Length - at < 11) throw Truncated(file);
                    if (frames++ == 0)
                    {
                        // Decoders widen the screen to the first picture; later ones are clipped to it.
                        width = Math.Max(width, U16(file, at + 1) + U16(file, at + 5));
                        height = Math.Max(height, U16(file, at + 3) + U16(file, at + 7));
                        ImageHeader.CheckSize("GIF", width, height, limits);
                    }
                    ImageHeader.CheckSize("GIF", Math.Max((ushort)1, U16(file, at + 5)), Math.Max((ushort)1, U16(file, at + 7)), limits);
                    ImageHeader.CheckFrames("GIF", frames, width, height, limits);
                    at = SkipSubBlocks(file, at + 11 + TableBytes(file[at + 9]));
                    break;
                default:
                    throw Corrupt($"at byte {at} stands {file[at]:X2}, which starts no block");
            }
        }
    }

    private static int TableBytes(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    /// <summary>Position after the empty sub-block that ends a chain.</summary>
    private static int SkipSubBlocks(ReadOnlySpan<byte> file, int at)
    {
        while (true)
        {
            if (at >= file.Length) throw Truncated(file);
            var length = file[at];
            at += 1 + length;
            if (length == 0) return at;
        }
    }

    private static ushort U16(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file[at..]);

    private static ImageException Corrupt(string what) => new(ImageFault.Corrupt, $"GIF: {what}");

    private static ImageException Truncated(ReadOnlySpan<byte> file) =>
        new(ImageFault.Truncated, $"GIF: {file.Length} bytes end before the trailer (3B)");
}
