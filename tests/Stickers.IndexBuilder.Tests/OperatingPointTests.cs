using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Tests;

public sealed class OperatingPointTests
{
    [Theory]
    [InlineData("4:0.90 8:0.97 16:0.992 32:0.999", 0.95, 16)] // the first that finds what is wanted
    [InlineData("8:0.9558 16:0.9618 32:0.9664 64:0.9742", 0.95, 8)] // 8 bits a dimension bound it: no doubling adds a hundredth
    [InlineData("8:0.9558 16:0.9618 32:0.9664 64:0.9742", 0.96, 16)]
    [InlineData("4:0.80 8:0.90 16:0.96 32:0.985", 0.5, 32)] // still worth it
    [InlineData("4:0.951 8:0.952 16:0.953 32:0.975", 0.95, 4)] // three doublings together are worth less than three hundredths
    [InlineData("4:0.951 8:0.952 16:0.953 32:0.975", 0.9515, 32)] // but the last one alone is worth it
    [InlineData("4:0.5 8:0.5 16:0.6", 0.95, 16)] // nothing reaches the floor: as much as there is time for
    [InlineData("4:0.94", 0.95, 4)]
    public void Choose_Curve_TakesItsKnee(string curve, double floor, int expected)
    {
        var points = curve.Split(' ').Select(point => point.Split(':')).Select(pair => new RecallPoint(int.Parse(pair[0], System.Globalization.CultureInfo.InvariantCulture), double.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture))).ToList();
        Assert.Equal(expected, OperatingPoint.Choose(points, 0.99, floor).NProbe);
    }

    [Fact]
    public void Choose_Nothing_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => OperatingPoint.Choose([], 0.99, 0.95));
}
