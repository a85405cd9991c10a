namespace Stickers.Catalogue.Tests.Images.Hostile;

/// <summary>One file of <c>tests/hostile</c>.</summary>
/// <param name="Name">File name; the ending may lie.</param>
/// <param name="Bytes">Content.</param>
/// <param name="Expected">"Imported", or the name of the fault.</param>
/// <param name="Why">What is wrong or odd about it.</param>
internal sealed record HostileFile(string Name, byte[] Bytes, string Expected, string Why)
{
    public const string Imported = "Imported";

    /// <summary>Flips single bits at seeded places after the first <paramref name="from"/> bytes.</summary>
    public static byte[] Flipped(byte[] file, int seed, int from, int flips = 3)
    {
        var random = new Random(seed);
        var copy = (byte[])file.Clone();
        for (var i = 0; i < flips; i++) copy[random.Next(from, copy.Length)] ^= (byte)(1 << random.Next(8));
        return copy;
    }

    /// <summary>A picture with soft noise and a transparent corner, so that every code path of a decoder is walked.</summary>
    public static byte[] Drawing(int width, int height, int seed, bool opaque = false)
    {
        var random = new Random(seed);
        var rgba = new byte[width * height * 4];
        for (var i = 0; i < width * height; i++)
        {
            var (x, y) = (i % width, i / width);
            rgba[i * 4] = (byte)(x * 255 / width);
            rgba[i * 4 + 1] = (byte)(y * 255 / height);
            rgba[i * 4 + 2] = (byte)random.Next(60);
            rgba[i * 4 + 3] = (byte)(opaque || x + y > width / 3 ? 255 : 0);
        }
        return rgba;
    }
}
