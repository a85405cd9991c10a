using System.Buffers.Binary;

namespace Stickers.Catalogue.Tests.Images.Making;

/// <summary>
/// Writes baseline JPEGs in which every 8x8 block has one value per component (T.81, K.3 table for DC; no AC at all), so that the
/// exact pixels are known without any encoder.
/// </summary>
internal static class JpegMaker
{
    public static readonly byte[] Soi = [0xFF, 0xD8], Eoi = [0xFF, 0xD9];

    /// <summary>Code lengths and values of the standard luminance DC table.</summary>
    private static readonly byte[] DcCounts = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
    private static readonly string[] DcCodes = ["00", "010", "011", "100", "101", "110", "1110", "11110", "111110", "1111110", "11111110", "111111110"];

    public static byte[] Segment(byte marker, params byte[] body) => [0xFF, marker, .. Big(body.Length + 2), .. body];

    public static byte[] Big(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }

    /// <summary>A whole file.</summary>
    /// <param name="columns">Blocks per row.</param>
    /// <param name="rows">Rows of blocks.</param>
    /// <param name="components">1 grey, 3 RGB (marked so by Adobe's segment), 4 CMYK as Adobe stores it, inverted.</param>
    /// <param name="sample">Value 0 to 255 of component c in block (x, y).</param>
    /// <param name="extra">Segments right after the start marker.</param>
    public static byte[] Blocks(int columns, int rows, int components, Func<int, int, int, int> sample, params byte[][] extra) =>
        [.. Soi, .. extra.SelectMany(e => e), .. Tables(components), .. Frame(columns * 8, rows * 8, components), .. Scan(columns, rows, components, sample), .. Eoi];

    public static byte[] Tables(int components) =>
    [
        .. components == 1 ? [] : Segment(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]),
        .. Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]),
        .. Segment(0xC4, [0x00, .. DcCounts, .. Enumerable.Range(0, 12).Select(i => (byte)i)]),
        .. Segment(0xC4, [0x10, 1, .. new byte[15], 0]), // one AC code: "0" ends the block
    ];

    public static byte[] Frame(int width, int height, int components, byte marker = 0xC0, byte precision = 8) =>
        Segment(marker, [precision, .. Big(height), .. Big(width), (byte)components, .. Enumerable.Range(1, components).SelectMany(c => (byte[])[(byte)c, 0x11, 0])]);

    public static byte[] Scan(int columns, int rows, int components, Func<int, int, int, int> sample)
    {
        var bits = new System.Text.StringBuilder();
        var previous = new int[components];
        for (var y = 0; y < rows; y++)
        {
            for (var x = 0; x < columns; x++)
            {
                for (var c = 0; c < components; c++)
                {
                    var dc = (sample(x, y, c) - 128) * 8; // the mean of a block is DC / 8
                    var difference = dc - previous[c];
                    previous[c] = dc;
                    var size = difference == 0 ? 0 : (int)Math.Log2(Math.Abs(difference)) + 1;
                    bits.Append(DcCodes[size]);
                    if (size > 0) bits.Append(Convert.ToString(difference > 0 ? difference : difference + (1 << size) - 1, 2).PadLeft(size, '0'));
                    bits.Append('0');
                }
            }
        }
        while (bits.Length % 8 != 0) bits.Append('1');
        var data = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.ToString(i * 8, 8), 2));
        return
        [
            .. Segment(0xDA, [(byte)components, .. Enumerable.Range(1, components).SelectMany(c => (byte[])[(byte)c, 0]), 0, 63, 0]),
            .. data.SelectMany(b => b == 0xFF ? (byte[])[0xFF, 0] : [b]),
        ];
    }

    /// <summary>An APP1 segment with an EXIF block.</summary>
    public static byte[] Exif(byte[] tiff) => Segment(0xE1, [.. "Exif\0\0"u8, .. tiff]);
}
