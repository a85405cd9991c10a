using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Tagger.Evaluating;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Tests.Network;

public sealed class GroundRemovalTests
{
    private const int Side = 80;

    [Fact]
    public void Apply_RingOnFlatGround_TakesTheGroundOutsideAndKeepsTheHole()
    {
        var ring = Paint((x, y) => Distance(x, y) is > 15 and < 30 ? [200, 30, 30] : [240, 250, 230]);

        var cut = GroundRemoval.Apply(ring);

        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
                Assert.Equal(Distance(x, y) < 30 ? 255 : 0, cut.Rgba[(((y * Side) + x) * 4) + 3]);
        }
    }

    [Fact]
    public void Apply_PictureTouchingTheBorder_StillFindsTheGround()
    {
        var half = Paint((x, y) => y > 60 ? [10, 60, 10] : [255, 255, 255]);

        var cut = GroundRemoval.Apply(half);

        Assert.Equal(0, cut.Rgba[3]);
        Assert.Equal(255, cut.Rgba[^1]);
    }

    [Fact]
    public void Apply_GradientGround_LeavesThePictureAlone()
    {
        var gradient = Paint((x, y) => Distance(x, y) < 20 ? [200, 30, 30] : [(byte)(x * 3), (byte)(y * 3), 128]);

        Assert.Same(gradient, GroundRemoval.Apply(gradient));
    }

    [Fact]
    public void Apply_OnePixelIsTransparent_LeavesThePictureAlone()
    {
        var picture = Paint((x, y) => Distance(x, y) < 20 ? [200, 30, 30] : [255, 255, 255]);
        picture.Rgba[3] = 254;

        Assert.Same(picture, GroundRemoval.Apply(picture));
    }

    [Fact]
    public void Apply_AlmostPlainPicture_LeavesItAlone()
    {
        var dot = Paint((x, y) => Distance(x, y) < 3 ? [0, 0, 0] : [255, 255, 255]);

        Assert.Same(dot, GroundRemoval.Apply(dot));
    }

    [Fact]
    public void Fit_StickerBackFromJpegOnAFlatGround_LooksLikeTheTransparentOne()
    {
        var original = Paint((x, y) => Distance(x, y) < 25 ? [220, 40, 60] : [0, 0, 0]);
        for (var i = 0; i < original.Rgba.Length; i += 4) original.Rgba[i + 3] = original.Rgba[i] == 0 ? (byte)0 : (byte)255;

        var view = AugmentedView.Of(new StickerId(7), original);
        var (before, after) = (InputFitting.Fit(original, 40), InputFitting.Fit(view, 40));

        Assert.All(Enumerable.Range(0, view.Rgba.Length / 4), i => Assert.Equal(255, view.Rgba[(i * 4) + 3]));
        var different = Enumerable.Range(0, 1600).Count(i => Math.Abs(before[(i * 4) + 3] - after[(i * 4) + 3]) > 64);
        // JPEG blurs the edge, a circle of 125 pixels; with the ground left in, the 344 pixels around the disc would all differ.
        Assert.True(different < 125, $"{different} of 1,600 pixels differ in alpha by more than a quarter.");
    }

    private static double Distance(int x, int y) => Math.Sqrt(Math.Pow(x - 39.5, 2) + Math.Pow(y - 39.5, 2));

    private static RasterImage Paint(Func<int, int, byte[]> rgb)
    {
        var rgba = new byte[Side * Side * 4];
        for (var i = 0; i < Side * Side; i++)
        {
            rgb(i % Side, i / Side).CopyTo(rgba, i * 4);
            rgba[(i * 4) + 3] = 255;
        }
        return new RasterImage(Side, Side, rgba);
    }
}
