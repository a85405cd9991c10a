using System.Buffers.Binary;
using System.Text;
using SkiaSharp;

namespace Stickers.Catalogue.Tests.Images.Making;

/// <summary>Builds WebP containers chunk by chunk around lossless pictures, which keep their pixels exactly.</summary>
internal static class WebPMaker
{
    public static byte[] File(params byte[][] chunks)
    {
        byte[] body = [.. "WEBP"u8, .. chunks.SelectMany(c => c)];
        return [.. "RIFF"u8, .. U32((uint)body.Length), .. body];
    }

    public static byte[] Chunk(string name, byte[] body) =>
        [.. Encoding.Latin1.GetBytes(name), .. U32((uint)body.Length), .. body, .. body.Length % 2 == 1 ? new byte[1] : []];

    /// <summary>The data of a VP8L chunk.</summary>
    public static byte[] Lossless(int width, int height, byte[] rgba) => Encode(width, height, rgba, SKWebpEncoderCompression.Lossless);

    /// <summary>The data of a VP8 chunk.</summary>
    public static byte[] Lossy(int width, int height, byte[] rgba) => Encode(width, height, rgba, SKWebpEncoderCompression.Lossy);

    public static byte[] Still(int width, int height, byte[] rgba) => File(Chunk("VP8L", Lossless(width, height, rgba)));

    /// <summary>The extended header. Flags: 2 animation, 8 EXIF, 16 alpha.</summary>
    public static byte[] Extended(int width, int height, byte flags) => Chunk("VP8X", [flags, 0, 0, 0, .. U24(width - 1), .. U24(height - 1)]);

    public static byte[] Animation() => Chunk("ANIM", [0, 0, 0, 0, 0, 0]);

    public static byte[] Frame(int x, int y, int width, int height, byte[] rgba, bool blend = true, bool clear = false) =>
        Chunk("ANMF", [.. U24(x / 2), .. U24(y / 2), .. U24(width - 1), .. U24(height - 1), .. U24(100), (byte)((blend ? 0 : 2) | (clear ? 1 : 0)), .. Chunk("VP8L", Lossless(width, height, rgba))]);

    private static byte[] Encode(int width, int height, byte[] rgba, SKWebpEncoderCompression compression)
    {
        using var image = SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul), rgba);
        using var pixmap = image.PeekPixels();
        using var data = pixmap.Encode(new SKWebpEncoderOptions(compression, 100));
        var file = data!.ToArray();
        // A file is RIFF, length, WEBP, then its chunks; the picture's is the last.
        var at = 12;
        while (Encoding.Latin1.GetString(file, at, 4) is not ("VP8L" or "VP8 "))
            at += 8 + (BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4)) + 1) / 2 * 2;
        return file.AsSpan(at + 8, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4))).ToArray();
    }

    private static byte[] U24(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];

    private static byte[] U32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
