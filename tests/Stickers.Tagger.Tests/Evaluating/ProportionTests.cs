using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Tests.Evaluating;

public sealed class ProportionTests
{
    [Theory]
    // Published examples: Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Interval_PublishedExamples_Agrees(long hits, long trials, double low, double high)
    {
        var share = new Proportion(hits, trials);
        Assert.Equal(low, share.Low, 4);
        Assert.Equal(high, share.High, 4);
    }

    [Fact]
    public void Interval_NoTrials_IsEverything()
    {
        var nothing = new Proportion(0, 0);
        Assert.Null(nothing.Value);
        Assert.Equal((0, 1), (nothing.Low, nothing.High));
    }

    [Fact]
    public void Interval_AllHits_EndsAtOneExactly() => Assert.Equal(1.0, new Proportion(7, 7).High);
}
