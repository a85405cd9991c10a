using Stickers.Catalogue.Images;

namespace Stickers.Catalogue.Tests;

public sealed class StickerSplitTests
{
    [Theory]
    [InlineData("train", SplitPart.Train)]
    [InlineData("val", SplitPart.Validation)]
    [InlineData("Validation", SplitPart.Validation)]
    [InlineData("test", SplitPart.Test)]
    public void Of_PrescribedSplit_IsTaken(string prescribed, SplitPart expected)
    {
        var sticker = Make("k", "someone") with { SplitCreator = prescribed, SplitConcept = prescribed };

        Assert.Equal(expected, StickerSplit.Of(sticker, SplitBy.Creator));
        Assert.Equal(expected, StickerSplit.Of(sticker, SplitBy.Concept));
    }

    [Fact]
    public void Of_UnknownPrescribedSplit_NamesTheSticker() =>
        Assert.Contains("'k'", Assert.Throws<InvalidDataException>(() => StickerSplit.Of(Make("k", "a") with { SplitCreator = "tset" }, SplitBy.Creator)).Message, StringComparison.Ordinal);

    [Fact]
    public void Of_OneCreatorOrConceptOrDuplicateGroup_IsOnOneSide()
    {
        var keys = Enumerable.Range(0, 200).Select(i => $"k{i}").ToList();

        Assert.Single(keys.Select(key => StickerSplit.Of(Make(key, "someone"), SplitBy.Creator)).Distinct());
        Assert.Single(keys.Select(key => StickerSplit.Of(Make(key, "") with { Concept = "1f600", DuplicateGroup = key }, SplitBy.Concept)).Distinct());
        Assert.Single(keys.Select(key => StickerSplit.Of(Make(key, "") with { DuplicateGroup = "g" }, SplitBy.Concept)).Distinct());
    }

    [Theory]
    [InlineData(SplitBy.Creator)]
    [InlineData(SplitBy.Concept)]
    public void Of_ManyKeysOfUnknownCreators_IsEightyTenTen(SplitBy by)
    {
        var counts = Enumerable.Range(0, 20_000).Select(i => StickerSplit.Of(Make($"k{i}", ""), by)).CountBy(part => part).ToDictionary();

        // Four standard deviations of a binomial share of 20,000.
        Assert.InRange(counts[SplitPart.Train], 16_000 - 226, 16_000 + 226);
        Assert.InRange(counts[SplitPart.Validation], 2_000 - 170, 2_000 + 170);
        Assert.InRange(counts[SplitPart.Test], 2_000 - 170, 2_000 + 170);
    }

    [Fact]
    public void Of_KnownNames_NeverChanges()
    {
        // Golden values: whoever moves a creator to another side makes all earlier figures incomparable.
        string[] creators = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy"];

        Assert.Equal("Va Tr Tr Tr Tr Tr Tr Tr Va Tr", string.Join(' ', creators.Select(creator => StickerSplit.Of(Make("k", creator), SplitBy.Creator).ToString()[..2])));
    }

    private static Sticker Make(string key, string creator) => new()
    {
        Id = StickerId.FromKey(key),
        Key = key,
        Pack = "p",
        Creator = creator,
        ImagePath = "p",
        Format = StickerFormat.Png,
        Width = 1,
        Height = 1,
    };
}
