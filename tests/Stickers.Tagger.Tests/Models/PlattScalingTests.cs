using Stickers.Tagger.Models;

namespace Stickers.Tagger.Tests.Models;

public sealed class PlattScalingTests
{
    [Fact]
    public void FitTag_FewStickers_StaysNearAllTags()
    {
        var few = PlattScaling.FitTag([2f, 3f], [false, false]);
        var many = PlattScaling.FitTag([.. Enumerable.Repeat(3f, 20_000)], [.. Enumerable.Range(0, 20_000).Select(i => i % 10 == 0)]);

        // What all tags say of 3 is 0.953; of this tag's many stickers a tenth carry it.
        Assert.InRange(few.Probability(3), 0.94f, PlattScaling.Identity.Probability(3));
        Assert.InRange(many.Probability(3), 0.09f, 0.2f);
    }

    [Fact]
    public void FitTag_DifferentLengths_Throws() => Assert.Throws<ArgumentException>(() => PlattScaling.FitTag([1f], []));
}
