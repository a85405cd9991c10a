using Stickers.Catalogue.Images;

namespace Stickers.Tagger.Baselines;

/// <summary>A sticker reduced to 16x16 colours: what a network must beat to be worth its weights.</summary>
public static class PixelThumbnail
{
    /// <summary>Rows and columns.</summary>
    public const int Side = 16;

    /// <summary>Length of a thumbnail: 16 x 16 x (R, G, B).</summary>
    public const int Length = Side * Side * 3;

    /// <summary>
    /// Lays the image over white, centres it in a white square and averages every pixel's colour over the cells it covers.
    /// </summary>
    /// <returns>16 x 16 x 3 numbers, row-major, 0 to 1.</returns>
    public static float[] Of(RasterImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var square = Math.Max(image.Width, image.Height);
        var cells = new float[Length];
        var columns = Spans(image.Width, square);
        var rows = Spans(image.Height, square);
        // Cells start white; a pixel takes its share of the cell's area away from the white.
        Array.Fill(cells, 1f);
        for (var y = 0; y < image.Height; y++)
        {
            foreach (var (row, high) in rows[y])
            {
                for (var x = 0; x < image.Width; x++)
                {
                    var pixel = image.Rgba.AsSpan((y * image.Width + x) * 4, 4);
                    var alpha = pixel[3] / 255f;
                    foreach (var (column, wide) in columns[x])
                    {
                        var cell = cells.AsSpan((row * Side + column) * 3, 3);
                        for (var channel = 0; channel < 3; channel++)
                            cell[channel] -= high * wide * alpha * (1 - pixel[channel] / 255f);
                    }
                }
            }
        }
        return cells;
    }

    /// <summary>For each pixel along one axis the cells it covers, with the share of the cell's length.</summary>
    private static List<(int Cell, float Share)>[] Spans(int pixels, int square)
    {
        var spans = new List<(int, float)>[pixels];
        var scale = (double)Side / square;
        var offset = (square - pixels) / 2.0;
        for (var i = 0; i < pixels; i++)
        {
            spans[i] = [];
            double from = (i + offset) * scale, to = (i + 1 + offset) * scale;
            for (var cell = (int)from; cell < to && cell < Side; cell++)
            {
                var share = Math.Min(to, cell + 1) - Math.Max(from, cell);
                if (share > 0)
                    spans[i].Add((cell, (float)share));
            }
        }
        return spans;
    }
}
