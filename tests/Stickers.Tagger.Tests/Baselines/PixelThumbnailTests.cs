using Stickers.Catalogue.Images;
using Stickers.Tagger.Baselines;

namespace Stickers.Tagger.Tests.Baselines;

public sealed class PixelThumbnailTests
{
    private static RasterImage Filled(int width, int height, params byte[] rgba)
        => new(width, height, Enumerable.Repeat(rgba, width * height).SelectMany(pixel => pixel).ToArray());

    [Fact]
    public void Of_TransparentImage_IsWhite() => Assert.All(PixelThumbnail.Of(Filled(40, 30, 0, 0, 0, 0)), value => Assert.Equal(1f, value, 5));

    [Fact]
    public void Of_HalfTransparentRed_IsMixedWithWhite()
    {
        var cells = PixelThumbnail.Of(Filled(23, 23, 255, 0, 0, 51));
        Assert.Equal(PixelThumbnail.Length, cells.Length);
        for (var i = 0; i < cells.Length; i++)
            Assert.Equal(i % 3 == 0 ? 1f : 0.8f, cells[i], 4);
    }

    [Fact]
    public void Of_WideImage_IsCentredOnWhite()
    {
        // 32 x 8 in a square of 32: rows 12 to 19, that is cells 6 to 9 of 16.
        var cells = PixelThumbnail.Of(Filled(32, 8, 0, 0, 0, 255));
        for (var row = 0; row < PixelThumbnail.Side; row++)
            Assert.Equal(row is >= 6 and <= 9 ? 0f : 1f, cells[(row * PixelThumbnail.Side + 3) * 3], 5);
    }

    [Theory]
    [InlineData(7, 5)]
    [InlineData(16, 16)]
    [InlineData(33, 100)]
    public void Of_AnySize_KeepsTheTotalInk(int width, int height)
    {
        var random = new Random(3);
        var image = new RasterImage(width, height, new byte[width * height * 4]);
        random.NextBytes(image.Rgba);

        var ink = 0.0;
        for (var i = 0; i < width * height; i++)
            ink += image.Rgba[i * 4 + 3] / 255.0 * (1 - image.Rgba[i * 4 + 1] / 255.0);
        var square = Math.Max(width, height);
        var expected = ink / square / square;

        var cells = PixelThumbnail.Of(image);
        var actual = Enumerable.Range(0, 256).Average(cell => 1 - cells[cell * 3 + 1]);
        Assert.Equal(expected, actual, 4);
    }
}
