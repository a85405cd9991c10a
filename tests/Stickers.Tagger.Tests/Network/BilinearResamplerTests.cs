using Stickers.Tagger.Network;

namespace Stickers.Tagger.Tests.Network;

public sealed class BilinearResamplerTests
{
    [Theory]
    [InlineData(160, 160, 80)]
    [InlineData(72, 72, 80)]   // grows
    [InlineData(131, 47, 80)]  // lies in the middle, an odd number of pixels wide
    [InlineData(9, 200, 40)]
    [InlineData(1, 1, 20)]
    public void Fit_RandomPictures_AreTheWeightedMeansOfTheirPixels(int width, int height, int side)
    {
        // Premultiplied mean over all pixels of the box, by the triangle around each target pixel's centre.
        var random = new Random(width + height);
        var (stride, left, top) = (width + 7, 3, 2);
        var rgba = new byte[stride * (height + 5) * 4];
        random.NextBytes(rgba);

        // Whatever was in it before.
        var fitted = new byte[side * side * 4];
        random.NextBytes(fitted);
        BilinearResampler.Fit(rgba, stride, (left, top, left + width, top + height), side, fitted);

        var scale = side / (double)Math.Max(width, height);
        var worst = 0.0;
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                var (cx, cy) = (((x + 0.5 - (side / 2.0)) / scale) + (width / 2.0), ((y + 0.5 - (side / 2.0)) / scale) + (height / 2.0));
                var sums = new double[4];
                var total = 0.0;
                var inside = cx >= 0 && cx <= width && cy >= 0 && cy <= height;
                for (var sy = 0; sy < height && inside; sy++)
                {
                    var down = Triangle(sy + 0.5 - cy, scale);
                    if (down == 0) continue;
                    for (var sx = 0; sx < width; sx++)
                    {
                        var weight = down * Triangle(sx + 0.5 - cx, scale);
                        var at = (((top + sy) * stride) + left + sx) * 4;
                        var alpha = rgba[at + 3] / 255.0;
                        for (var c = 0; c < 3; c++) sums[c] += weight * alpha * rgba[at + c];
                        sums[3] += weight * rgba[at + 3];
                        total += weight;
                    }
                }
                for (var c = 0; c < 4; c++) worst = Math.Max(worst, Math.Abs(fitted[(((y * side) + x) * 4) + c] - (inside ? sums[c] / total : 0)));
            }
        }

        Assert.InRange(worst, 0, 0.51); // rounding to bytes
    }

    private static double Triangle(double away, double scale) => Math.Max(0, 1 - (Math.Abs(away) * Math.Min(1, scale)));
}
