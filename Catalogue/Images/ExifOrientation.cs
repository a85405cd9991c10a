using System.Buffers.Binary;

namespace Stickers.Catalogue.Images;

/// <summary>Reads the orientation tag (0x0112) of the first directory of an EXIF block (TIFF 6.0, section 2; EXIF 2.32, 4.6.4).</summary>
internal static class ExifOrientation
{
    private const ushort Tag = 0x0112;
    private const ushort TypeShort = 3;

    /// <summary>1 to 8; 1 when the block is absent, broken or says something else, because viewers then show the picture as stored.</summary>
    /// <param name="exif">The TIFF block, with or without the "Exif\0\0" before it.</param>
    public static int Read(ReadOnlySpan<byte> exif)
    {
        if (exif.StartsWith("Exif\0\0"u8)) exif = exif[6..];
        if (exif.Length < 8) return 1;
        bool little;
        if (exif.StartsWith("II*\0"u8)) little = true;
        else if (exif.StartsWith("MM\0*"u8)) little = false;
        else return 1;

        var directory = U32(exif[4..], little);
        if (directory > exif.Length - 2) return 1;
        var entries = exif[((int)directory + 2)..];
        var count = U16(exif[(int)directory..], little);
        // Only the first directory is read and only forwards: links between directories, which could loop, are never followed.
        for (var i = 0; i < count && entries.Length >= 12; i++, entries = entries[12..])
        {
            if (U16(entries, little) != Tag) continue;
            var value = U16(entries[8..], little);
            return U16(entries[2..], little) == TypeShort && value is >= 1 and <= 8 ? value : 1;
        }
        return 1;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
