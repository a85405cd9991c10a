using Stickers.Catalogue.Images;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Tests.Network;

public sealed class InputFittingTests
{
    [Fact]
    public void Fit_SmallDrawingOnLargePage_FillsTheFrame()
    {
        var rgba = new byte[100 * 60 * 4];
        for (var y = 20; y < 40; y++)
        {
            for (var x = 70; x < 90; x++)
            {
                var o = ((y * 100) + x) * 4;
                rgba[o] = 200;
                rgba[o + 3] = 255;
            }
        }

        var fitted = InputFitting.Fit(new RasterImage(100, 60, rgba), 40);

        foreach (var (x, y) in new[] { (1, 1), (38, 1), (1, 38), (38, 38), (20, 20) })
            Assert.Equal([200, 0, 0, 255], fitted.AsSpan(((y * 40) + x) * 4, 4).ToArray());
    }

    [Fact]
    public void Fit_WideImage_IsCentredWithTransparencyAround()
    {
        var rgba = new byte[80 * 20 * 4];
        Array.Fill(rgba, (byte)255);

        var fitted = InputFitting.Fit(new RasterImage(80, 20, rgba), 40);

        Assert.Equal(255, fitted[((20 * 40) + 20) * 4]);
        Assert.Equal(0, fitted[((4 * 40) + 20) * 4 + 3]);
        Assert.Equal(0, fitted[((36 * 40) + 20) * 4 + 3]);
    }

    [Fact]
    public void Fit_HalfTransparent_IsPremultiplied()
    {
        byte[] rgba = [.. Enumerable.Repeat<byte[]>([200, 100, 0, 128], 40 * 40).SelectMany(p => p)];

        var fitted = InputFitting.Fit(new RasterImage(40, 40, rgba), 40);

        Assert.InRange(fitted[0], 99, 101);
        Assert.InRange(fitted[1], 49, 51);
        Assert.Equal(128, fitted[3]);
    }

    [Fact]
    public void Render_PlainViewOfOpaqueWhite_IsTheHighestInput()
    {
        var fitted = new byte[40 * 40 * 4];
        Array.Fill(fitted, (byte)255);
        var planes = new float[ViewRendering.Length(32)];

        ViewRendering.Render(fitted, 40, View.Plain, 32, planes);

        Assert.Equal(1.2f, planes[(16 * 32) + 16], 1e-4f);
        Assert.Equal(1f, planes[(3 * 32 * 32) + (16 * 32) + 16], 1e-4f);
    }
}
