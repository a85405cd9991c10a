namespace Stickers.Catalogue.Tests.Images.Making;

/// <summary>Builds GIF files block by block. Pixels are stored with codes of constant width, cleared before they would grow.</summary>
internal static class GifMaker
{
    public static readonly byte[] Trailer = [0x3B];

    /// <summary>Header and screen with a global table of four colours: black, red, green, blue.</summary>
    public static byte[] Start(int width, int height, bool table = true) =>
    [
        .. "GIF89a"u8, .. Little(width), .. Little(height), (byte)(table ? 0x81 : 0), 0, 0,
        .. table ? (byte[])[0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255] : [],
    ];

    public static byte[] Control(int transparent = -1, int dispose = 0) =>
        [0x21, 0xF9, 4, (byte)(dispose << 2 | (transparent >= 0 ? 1 : 0)), 10, 0, (byte)Math.Max(0, transparent), 0];

    public static byte[] Picture(int x, int y, int width, int height, byte[] indices, bool interlaced = false, byte minimumCodeBits = 2) =>
        [0x2C, .. Little(x), .. Little(y), .. Little(width), .. Little(height), (byte)(interlaced ? 0x40 : 0), minimumCodeBits, .. SubBlocks(Codes(indices))];

    /// <summary>One whole picture in one colour of the table.</summary>
    public static byte[] Picture(int width, int height, byte index) => Picture(0, 0, width, height, Filled(width * height, index));

    public static byte[] Filled(int count, byte index) => [.. Enumerable.Repeat(index, count)];

    public static byte[] SubBlocks(byte[] data) => [.. data.Chunk(255).SelectMany(c => c.Prepend((byte)c.Length)), 0];

    public static byte[] Little(int value) => [(byte)value, (byte)(value >> 8)];

    /// <summary>Three-bit codes: 4 clears, 5 ends. After a clear the third code would widen them, so every two pixels are followed by a clear.</summary>
    private static byte[] Codes(byte[] indices)
    {
        var codes = new List<int>();
        for (var i = 0; i < indices.Length; i++)
        {
            if (i % 2 == 0) codes.Add(4);
            codes.Add(indices[i]);
        }
        codes.Add(5);
        var bytes = new byte[(codes.Count * 3 + 7) / 8];
        for (var i = 0; i < codes.Count * 3; i++) bytes[i / 8] |= (byte)((codes[i / 3] >> (i % 3) & 1) << (i % 8));
        return bytes;
    }
}
