namespace Stickers.IndexBuilder.Tests;

public sealed class RecallMeasureTests
{
    // The formula's values, computed apart.
    [Theory]
    [InlineData(1.0, 500, 0.992376, 1.0)]
    [InlineData(0.95, 500, 0.927232, 0.965906)]
    [InlineData(0.5, 10, 0.236593, 0.763407)]
    [InlineData(0.0, 20, 0.0, 0.161125)]
    public void Interval_Share_IsWilsons(double share, int queries, double low, double high)
    {
        var found = RecallMeasure.Interval(share, queries);
        Assert.Equal(low, found.Low, 1e-6);
        Assert.Equal(high, found.High, 1e-6);
    }

    [Fact]
    public void Interval_NoQueries_SaysNothing() => Assert.Equal((0, 1), RecallMeasure.Interval(1, 0));
}
