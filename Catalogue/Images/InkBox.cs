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
        int width = image.Width, height = image.Height, top = 0, bottom = height;
        while (top < height && FirstInk(image, top, width) == width) top++;
        if (top == height) return null;
        while (FirstInk(image, bottom - 1, width) == width) bottom--;
        var (left, right) = (width, 0);
        for (var y = top; y < bottom; y++)
        {
            // Only what would make the box wider.
            left = FirstInk(image, y, left);
            var row = RowOf(image, y);
            for (var x = width - 1; x >= right; x--)
            {
                if (row[(x * 4) + 3] <= EmptyAlpha) continue;
                right = x + 1;
                break;
            }
        }

        return (left, top, right, bottom);
    }

    /// <summary>The first of a row's pixels before <paramref name="end"/> that is visible, or that.</summary>
    private static int FirstInk(RasterImage image, int y, int end)
    {
        var row = RowOf(image, y);
        for (var x = 0; x < end; x++)
        {
            if (row[(x * 4) + 3] > EmptyAlpha) return x;
        }

        return end;
    }

    private static ReadOnlySpan<byte> RowOf(RasterImage image, int y) => image.Rgba.AsSpan(y * image.Width * 4, image.Width * 4);
}
