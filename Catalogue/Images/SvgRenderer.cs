using NetVips;

namespace Stickers.Catalogue.Images;

/// <summary>
/// Renders drawings with librsvg. Stickers are cropped to their outline, but drawings often fill only part of their page: so the
/// page is rendered, the part with ink is found, and, where that part came out too small, rendered again at a larger scale.
/// </summary>
internal static class SvgRenderer
{
    /// <summary>Longest side of a rendered drawing, pixels: rendering time grows with the area, and librsvg cannot be stopped.</summary>
    public const int MaxSide = 512;

    /// <summary>Below this opacity nobody sees ink: the far tails of blurred shadows do not widen the outline.</summary>
    private const byte VisibleAlpha = 8;

    /// <summary>Each round enlarges up to a hundredfold until the ink fills the picture; all rounds together may cost half as much again as one.</summary>
    private const int MaxRounds = 4;

    private const int SmallestCanvas = 256;

    static SvgRenderer()
    {
        NetVips.NetVips.Concurrency = 1; // callers run many decoders side by side
        Cache.Max = 0;
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.All, (_, _, _) => { });
    }

    /// <summary>The drawing's ink, its longest side exactly <paramref name="maxSide"/> (at most <see cref="MaxSide"/>).</summary>
    /// <exception cref="ImageException">Nothing visible is drawn, or librsvg refuses.</exception>
    public static RasterImage Render(SvgDocument document, int maxSide)
    {
        maxSide = Math.Min(maxSide, MaxSide);
        // Twice the wanted size, so that shrinking smooths and most drawings need one round.
        var canvas = Math.Max(SmallestCanvas, maxSide <= 256 ? 2 * maxSide : maxSide + maxSide / 8);
        var region = new SvgRegion(0, 0, document.Width, document.Height);
        for (var round = 0; round < MaxRounds; round++)
        {
            var scale = canvas / Math.Max(region.Width, region.Height);
            var (width, height) = (Side(region.Width), Side(region.Height));
            // Whole pixels of one scale in both directions, so that nothing is squeezed.
            region = region with { Width = width / scale, Height = height / scale };
            var rgba = Rasterise(document.Framed(region, width, height), width, height);
            var ink = Ink(rgba, width, height);
            if (ink.Width == 0) break;
            if (Math.Max(ink.Width, ink.Height) >= maxSide) return Crop(rgba, width, ink, maxSide);
            region = Grown(region, ink, scale);
            if ((round + 2) * document.Work > 1.5 * document.MaxWork)
                throw new ImageException(ImageFault.TooComplex, "SVG: the ink fills too little of the page for so much of it");

            int Side(double length) => Math.Clamp((int)Math.Ceiling(length * scale - 1e-6), 1, canvas);
        }
        throw new ImageException(ImageFault.Blank, "SVG: the page shows no ink, or only a speck");
    }

    private static byte[] Rasterise(byte[] svg, int width, int height)
    {
        try
        {
            using var image = Image.SvgloadBuffer(svg);
            if (image.Width != width || image.Height != height || image.Bands != 4)
                throw new ImageException(ImageFault.Corrupt, $"SVG: rendered {image.Width}x{image.Height}x{image.Bands} instead of {width}x{height}x4");
            return image.WriteToMemory<byte>();
        }
        catch (VipsException fault)
        {
            throw new ImageException(ImageFault.Corrupt, $"SVG: {fault.Message.Trim()}", fault);
        }
    }

    private static RasterImage Crop(byte[] rgba, int stride, (int X, int Y, int Width, int Height) ink, int maxSide)
    {
        var (width, height) = AreaResampler.Fit(ink.Width, ink.Height, maxSide);
        var cropped = AreaResampler.Shrink(rgba.AsSpan((ink.Y * stride + ink.X) * 4), stride, ink.Width, ink.Height, width, height);
        return new RasterImage(width, height, cropped);
    }

    /// <summary>The ink's part of the page with a pixel more on each side, never beyond the region itself.</summary>
    private static SvgRegion Grown(SvgRegion region, (int X, int Y, int Width, int Height) ink, double scale)
    {
        var left = Math.Max(0, ink.X - 1) / scale;
        var top = Math.Max(0, ink.Y - 1) / scale;
        var right = Math.Min(region.Width, (ink.X + ink.Width + 1) / scale);
        var bottom = Math.Min(region.Height, (ink.Y + ink.Height + 1) / scale);
        return new SvgRegion(region.X + left, region.Y + top, right - left, bottom - top);
    }

    private static (int X, int Y, int Width, int Height) Ink(ReadOnlySpan<byte> rgba, int width, int height)
    {
        int left = width, right = -1, top = height, bottom = -1;
        for (var y = 0; y < height; y++)
        {
            var row = rgba.Slice(y * width * 4, width * 4);
            for (var x = 0; x < width; x++)
            {
                if (row[x * 4 + 3] < VisibleAlpha) continue;
                (left, right) = (Math.Min(left, x), Math.Max(right, x));
                (top, bottom) = (Math.Min(top, y), y);
            }
        }
        return right < 0 ? (0, 0, 0, 0) : (left, top, right - left + 1, bottom - top + 1);
    }
}
