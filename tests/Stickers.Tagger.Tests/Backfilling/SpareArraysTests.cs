using Stickers.Tagger.Backfilling;

namespace Stickers.Tagger.Tests.Backfilling;

public sealed class SpareArraysTests
{
    [Fact]
    public void Take_AfterGiveBack_GivesThatArrayOnce()
    {
        var spare = new SpareArrays(length: 5, most: 2);
        var array = spare.Take();
        spare.GiveBack(array);

        Assert.Same(array, spare.Take());
        Assert.NotSame(array, spare.Take());
    }

    [Fact]
    public void GiveBack_OfAnotherLengthOrTooMany_LetsGo()
    {
        var spare = new SpareArrays(length: 5, most: 1);
        var kept = new byte[5];
        spare.GiveBack(new byte[4]);
        spare.GiveBack(kept);
        spare.GiveBack(new byte[5]);

        Assert.Same(kept, spare.Take());
        Assert.All(Enumerable.Range(0, 3).Select(_ => spare.Take()), array => Assert.Equal(5, array.Length));
    }
}
