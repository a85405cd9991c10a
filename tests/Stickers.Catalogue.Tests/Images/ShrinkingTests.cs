using CsCheck;
using Stickers.Catalogue.Images;
using Stickers.Catalogue.Tests.Images.Making;

namespace Stickers.Catalogue.Tests.Images;

public sealed class ShrinkingTests
{
    [Fact]
    public void Decode_SmallerThanAsked_IsNotEnlarged()
    {
        var image = ImageDecoder.Decode(PngMaker.Rgba(3, 2, Pixels.Filled(3, 2, 0x102030FF)), 500);

        Assert.Equal((3, 2), (image.Width, image.Height));
    }

    [Theory]
    [InlineData(400, 300, 160, 160, 120)]
    [InlineData(300, 400, 160, 120, 160)]
    [InlineData(1000, 1, 10, 10, 1)]
    [InlineData(161, 160, 160, 160, 159)]
    public void Decode_Larger_FitsTheLongestSide(int width, int height, int maxSide, int expectedWidth, int expectedHeight)
    {
        var image = ImageDecoder.Decode(PngMaker.Rgba(width, height, Pixels.Filled(width, height, 0x102030FF)), maxSide);

        Assert.Equal((expectedWidth, expectedHeight), (image.Width, image.Height));
        Assert.All(Enumerable.Range(0, expectedWidth), x => Assert.Equal(0x102030FFu, image.At(x, expectedHeight / 2)));
    }

    [Fact]
    public void Decode_TransparentNeighbours_LeaveNoFringe()
    {
        // White ink beside transparent black: a mean of straight values would be grey.
        var image = ImageDecoder.Decode(PngMaker.Rgba(2, 2, Pixels.Of(0xFFFFFFFF, 0, 0, 0)), 1);

        Assert.Equal(["FFFFFF40"], image.Rows());
    }

    [Fact]
    public void Decode_MixedAlpha_WeighsColourByAlpha()
    {
        // (200 x 255 + 50 x 85) / (255 + 85) = 162.5; alpha (255 + 85) / 2 = 170
        var image = ImageDecoder.Decode(PngMaker.Rgba(2, 1, Pixels.Of(0xC80000FF, 0x32000055)), 1);

        Assert.Equal(170u, image.At(0, 0) & 0xFF);
        Assert.InRange(image.At(0, 0) >> 24, 162u, 163u);
    }

    [Fact]
    public void Decode_ThirdsOfPixels_AreSharedExactly()
    {
        // 3 pixels to 2: the middle one is halved. (0 + 90/2) / 1.5 = 30; (90/2 + 240) / 1.5 = 190
        var image = ImageDecoder.Decode(PngMaker.Rgba(3, 1, Pixels.Of(0x000000FF, 0x5A5A5AFF, 0xF0F0F0FF)), 2);

        Assert.Equal(["1E1E1EFF BEBEBEFF"], image.Rows());
    }

    [Fact]
    public void Decode_AnyPicture_KeepsTheMeanOfAlphaAndColour()
    {
        Gen.Select(Gen.Int[2, 40], Gen.Int[2, 40], Gen.Int[1, 20], Gen.Int[0, 1 << 30]).Sample((width, height, side, seed) =>
        {
            var rgba = new byte[width * height * 4];
            new Random(seed).NextBytes(rgba);
            rgba[3] = 255; // never blank
            var (w, h) = AreaResampler.Fit(width, height, side);

            var shrunk = AreaResampler.Shrink(rgba, width, width, height, w, h);

            for (var channel = 0; channel < 3; channel++)
                Assert.InRange(Mean(shrunk, channel) - Mean(rgba, channel), -1.5, 1.5);
        }, iter: 300);

        // Mean of colour x alpha, scaled to 0..255.
        static double Mean(byte[] rgba, int channel) =>
            Enumerable.Range(0, rgba.Length / 4).Average(i => rgba[i * 4 + channel] * rgba[i * 4 + 3] / 255.0);
    }
}
