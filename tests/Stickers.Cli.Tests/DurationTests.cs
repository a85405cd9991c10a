namespace Stickers.Cli.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("90s", 90, "1m30s")]
    [InlineData("10m", 600, "10m")]
    [InlineData("1h", 3600, "1h")]
    [InlineData("1h30m", 5400, "1h30m")]
    [InlineData("1m30s", 90, "1m30s")]
    [InlineData("1.5m", 90, "1m30s")]
    [InlineData("0.5s", 0.5, "0.5s")]
    [InlineData("100h", 360_000, "100h")]
    public void TryParse_OfADuration_GivesItsSeconds(string text, double seconds, string written)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.Time.TotalSeconds, 6);
        Assert.Equal(written, duration.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("0s")]
    [InlineData("5m1h")]
    [InlineData("10 m")]
    [InlineData("ten minutes")]
    public void TryParse_OfAnythingElse_IsFalse(string text) => Assert.False(Duration.TryParse(text, out _));
}
