using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Tests.Evaluating;

public sealed class AugmentedViewTests
{
    // A black arrow head on nothing, so that direction and coverage can be seen.
    private static readonly RasterImage Arrow = Draw(80, 60);

    [Fact]
    public void Of_SameSticker_IsTheSameView()
    {
        var first = AugmentedView.Of(new StickerId(77), Arrow);
        Assert.Equal(first.Rgba, AugmentedView.Of(new StickerId(77), Arrow).Rgba);
        Assert.NotEqual(first.Rgba, AugmentedView.Of(new StickerId(78), Arrow).Rgba);
    }

    [Fact]
    public void Of_TransparentSticker_IsOpaqueAndOfTheSameSize()
    {
        var view = AugmentedView.Of(new StickerId(5), Arrow);
        Assert.Equal((80, 60, 80 * 60 * 4), (view.Width, view.Height, view.Rgba.Length));
        Assert.All(Enumerable.Range(0, 80 * 60), pixel => Assert.Equal(255, view.Rgba[pixel * 4 + 3]));
    }

    [Fact]
    public void Of_ManyStickers_NeverMirrorsAndKeepsTheArrowInside()
    {
        for (long id = 0; id < 60; id++)
        {
            var view = AugmentedView.Of(new StickerId(id * 7919), Arrow);
            var ground = (view.Rgba[0], view.Rgba[1], view.Rgba[2]);
            if (ground.Item1 + ground.Item2 + ground.Item3 < 240)
                continue;   // black on dark proves nothing
            var (left, right) = (0, 0);
            for (var y = 0; y < view.Height; y++)
            {
                for (var x = 0; x < view.Width; x++)
                {
                    var at = (y * view.Width + x) * 4;
                    if (view.Rgba[at] + view.Rgba[at + 1] + view.Rgba[at + 2] < (ground.Item1 + ground.Item2 + ground.Item3) * 0.6)
                        _ = x < view.Width / 2 ? left++ : right++;
                }
            }
            // The arrow's broad end is on the left.
            Assert.True(left > right, $"view {id}: {left} dark pixels on the left, {right} on the right");
        }
    }

    private static RasterImage Draw(int width, int height)
    {
        var rgba = new byte[width * height * 4];
        for (var y = 0; y < height; y++)
        {
            for (var x = 10; x < width - 10; x++)
            {
                if (Math.Abs(y - height / 2) * 2 < (width - 10 - x) * 2 / 3)
                    rgba[(y * width + x) * 4 + 3] = 255;
            }
        }
        return new RasterImage(width, height, rgba);
    }
}
