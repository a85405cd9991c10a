namespace Stickers.Cli.Tests;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("10m", 600)]
    [InlineData("1h", 3600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1m30s", 90)]
    [InlineData("1.5m", 90)]
    public void TryParse_OfADuration_GivesItsSeconds(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, 6);
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
    public void TryParse_OfAnythingElse_IsFalse(string text) => Assert.False(Durations.TryParse(text, out _));
}
