namespace Stickers.Catalogue.Images;

/// <summary>Where on an image something is drawn.</summary>
public static class InkBox
{
    /// <summary>Alpha at or below this, of 255, is taken for empty: what a soft edge or a careless eraser leaves.</summary>
    private const byte EmptyAlpha = 8;

    /// <summary>The smallest box around everything visible, its right and lower bounds not included; null when nothing is.</summary>
    public static (int Left, int Top, int Right, int Bottom)? Of(RasterImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        int left = image.Width, top = image.Height, right = 0, bottom = 0;
        for (var y = 0; y < image.Height; y++)
        {
            var row = image.Rgba.AsSpan(y * image.Width * 4, image.Width * 4);
            for (var x = 0; x < image.Width; x++)
            {
                if (row[(x * 4) + 3] <= EmptyAlpha) continue;
                left = Math.Min(left, x);
                right = Math.Max(right, x + 1);
                top = Math.Min(top, y);
                bottom = y + 1;
            }
        }

        return right > left ? (left, top, right, bottom) : null;
    }
}
