using System.Buffers.Binary;

namespace Stickers.Catalogue.Tests.Images.Making;

/// <summary>Builds EXIF (TIFF) blocks in both byte orders.</summary>
internal static class ExifMaker
{
    /// <summary>One directory with a neighbour tag before the orientation.</summary>
    public static byte[] Orientation(ushort value, bool little = true, uint next = 0, ushort type = 3)
    {
        byte[] order = little ? [.. "II*\0"u8] : [.. "MM\0*"u8];
        return
        [
            .. order, .. U32(8, little),
            .. U16(2, little),
            .. U16(0x010F, little), .. U16(2, little), .. U32(4, little), .. "abc\0"u8,
            .. U16(0x0112, little), .. U16(type, little), .. U32(1, little), .. U16(value, little), 0, 0,
            .. U32(next, little),
        ];
    }

    private static byte[] U16(ushort value, bool little)
    {
        var bytes = new byte[2];
        if (little) BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        else BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] U32(uint value, bool little)
    {
        var bytes = new byte[4];
        if (little) BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        else BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
