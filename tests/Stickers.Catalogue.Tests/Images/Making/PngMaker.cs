using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Stickers.Catalogue.Tests.Images.Making;

/// <summary>Builds PNG and APNG files chunk by chunk, right or wrong, without any image library.</summary>
internal static class PngMaker
{
    public static readonly byte[] Signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    public static byte[] File(params byte[][] chunks) => [.. Signature, .. chunks.SelectMany(c => c), .. Chunk("IEND", [])];

    public static byte[] Chunk(string name, byte[] body, bool wrongSum = false)
    {
        byte[] covered = [.. Encoding.Latin1.GetBytes(name), .. body];
        var sum = Sum(covered) ^ (wrongSum ? 1u : 0u);
        return [.. Big((uint)body.Length), .. covered, .. Big(sum)];
    }

    public static byte[] Ihdr(uint width, uint height, byte depth = 8, byte colour = 6, byte interlace = 0) =>
        Chunk("IHDR", [.. Big(width), .. Big(height), depth, colour, 0, 0, interlace]);

    /// <summary>IDAT with rows of packed samples, each preceded by filter 0.</summary>
    public static byte[] Idat(int height, params byte[] samples) => Chunk("IDAT", Deflate(Filtered(height, samples)));

    public static byte[] Filtered(int height, byte[] samples, byte filter = 0)
    {
        var stride = samples.Length / height;
        return [.. Enumerable.Range(0, height).SelectMany(y => samples.AsSpan(y * stride, stride).ToArray().Prepend(filter))];
    }

    public static byte[] Deflate(byte[] raw)
    {
        using var output = new MemoryStream();
        using (var zlib = new ZLibStream(output, CompressionLevel.SmallestSize)) zlib.Write(raw);
        return output.ToArray();
    }

    /// <summary>A plain 8-bit RGBA file.</summary>
    public static byte[] Rgba(int width, int height, byte[] rgba) =>
        File(Ihdr((uint)width, (uint)height), Idat(height, rgba));

    public static byte[] Actl(uint frames) => Chunk("acTL", [.. Big(frames), .. Big(0)]);

    public static byte[] Fctl(uint sequence, uint width, uint height, uint x = 0, uint y = 0, byte dispose = 0, byte blend = 0) =>
        Chunk("fcTL", [.. Big(sequence), .. Big(width), .. Big(height), .. Big(x), .. Big(y), 0, 1, 0, 10, dispose, blend]);

    public static byte[] Fdat(uint sequence, int height, byte[] rgba, bool wrongSum = false) =>
        Chunk("fdAT", [.. Big(sequence), .. Deflate(Filtered(height, rgba))], wrongSum);

    public static byte[] Big(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>The check sum as annex D of the specification writes it, bit by bit.</summary>
    private static uint Sum(byte[] bytes)
    {
        var c = uint.MaxValue;
        foreach (var b in bytes)
        {
            c ^= b;
            for (var k = 0; k < 8; k++) c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
        }
        return ~c;
    }
}
