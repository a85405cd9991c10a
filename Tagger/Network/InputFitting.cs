using Stickers.Catalogue.Images;

namespace Stickers.Tagger.Network;

/// <summary>
/// Brings every image to one form before augmentation or inference: the flat ground of an opaque picture made transparent, trimmed to what
/// is drawn, centred, one size.
/// </summary>
internal static class InputFitting
{
    /// <summary>Counts up whenever the same image comes out otherwise.</summary>
    public const int Version = 3;

    /// <summary>Side of a fitted image relative to the network's input: leaves room for augmentation to zoom in.</summary>
    public static int FittedSide(int inputSide) => inputSide * 5 / 4;

    /// <summary>Fits an image into side x side, aspect kept, transparent around.</summary>
    /// <returns>Premultiplied RGBA, row-major, side * side * 4 bytes.</returns>
    public static byte[] Fit(RasterImage image, int side)
    {
        var fitted = new byte[side * side * 4];
        FitInto(image, side, fitted);
        return fitted;
    }

    /// <summary>As <see cref="Fit"/>, into an array that is there.</summary>
    public static void FitInto(RasterImage image, int side, Span<byte> fitted)
    {
        image = GroundRemoval.Apply(image);
        BilinearResampler.Fit(image.Rgba, image.Width, BoxOf(image), side, fitted);
    }

    /// <summary>The square of an image's pixels that <see cref="Fit"/> shows; it may reach beyond the image.</summary>
    public static (float Left, float Top, float Side) SquareOf(RasterImage image)
    {
        var (left, top, right, bottom) = BoxOf(GroundRemoval.Apply(image));
        var side = Math.Max(right - left, bottom - top);
        return ((left + right - side) / 2f, (top + bottom - side) / 2f, side);
    }

    private static (int Left, int Top, int Right, int Bottom) BoxOf(RasterImage image) => InkBox.Of(image) ?? (0, 0, image.Width, image.Height);
}
