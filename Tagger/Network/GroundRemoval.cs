using Stickers.Catalogue.Images;

namespace Stickers.Tagger.Network;

/// <summary>
/// Sees through the flat ground of an opaque picture. Many stickers come back from the world as JPEG on white or on a chat's colour; with
/// the ground made transparent they are trimmed and shown like the transparent original.
/// </summary>
internal static class GroundRemoval
{
    /// <summary>Largest difference of a channel at which a pixel still counts as ground: JPEG's ringing is of this size.</summary>
    private const int Tolerance = 24;

    /// <summary>Share of the border that must have the ground's colour; the rest may be a sticker that touches the border.</summary>
    private const double BorderShare = 0.6;

    /// <summary>A picture with less of it left is not a sticker on a ground, but a nearly plain picture.</summary>
    private const double LeastInk = 0.02;

    /// <summary>The picture with its ground transparent, or the picture itself where no flat ground is found.</summary>
    public static RasterImage Apply(RasterImage image)
    {
        var rgba = image.Rgba;
        for (var i = 3; i < rgba.Length; i += 4)
        {
            if (rgba[i] < 255) return image;
        }
        int width = image.Width, height = image.Height;
        var border = Border(width, height);
        var ground = (Median(rgba, border, 0), Median(rgba, border, 1), Median(rgba, border, 2));
        bool IsGround(int pixel) => IsNear(rgba, pixel, ground);
        if (border.Count(IsGround) < BorderShare * border.Length) return image;

        var removed = new bool[width * height];
        var open = new Stack<int>();
        void Visit(int pixel)
        {
            if (removed[pixel] || !IsGround(pixel)) return;
            removed[pixel] = true;
            open.Push(pixel);
        }

        foreach (var pixel in border) Visit(pixel);
        while (open.TryPop(out var pixel))
        {
            var x = pixel % width;
            if (x > 0) Visit(pixel - 1);
            if (x < width - 1) Visit(pixel + 1);
            if (pixel >= width) Visit(pixel - width);
            if (pixel < removed.Length - width) Visit(pixel + width);
        }
        if (removed.Count(r => !r) < LeastInk * removed.Length) return image;

        var cut = (byte[])rgba.Clone();
        for (var pixel = 0; pixel < removed.Length; pixel++)
        {
            if (removed[pixel]) cut.AsSpan(pixel * 4, 4).Clear();
        }
        return new RasterImage(width, height, cut);
    }

    private static int[] Border(int width, int height) =>
    [
        .. Enumerable.Range(0, width), .. Enumerable.Range((height - 1) * width, width),
        .. Enumerable.Range(0, height).Select(y => y * width), .. Enumerable.Range(0, height).Select(y => (y * width) + width - 1),
    ];

    private static byte Median(byte[] rgba, int[] pixels, int channel)
    {
        var values = Array.ConvertAll(pixels, pixel => rgba[(pixel * 4) + channel]);
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private static bool IsNear(byte[] rgba, int pixel, (byte R, byte G, byte B) ground) =>
        Math.Abs(rgba[pixel * 4] - ground.R) <= Tolerance && Math.Abs(rgba[(pixel * 4) + 1] - ground.G) <= Tolerance && Math.Abs(rgba[(pixel * 4) + 2] - ground.B) <= Tolerance;
}
