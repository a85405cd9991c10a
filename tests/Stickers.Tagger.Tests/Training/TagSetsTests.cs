using Stickers.Tagger.Training;

namespace Stickers.Tagger.Tests.Training;

public sealed class TagSetsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tag-sets-").FullName;

    [Fact]
    public void Of_FewStickers_EachIsAPrototypeWithItsSuggestedTags()
    {
        using var set = DrawnTrainingSet.Create(_folder, 32, suggested: 3);     // blue is known but not suggested

        var (sets, held) = TagSets.Of(set);

        Assert.Equal([12, 12, 12, 12], sets.Counts);
        Assert.Equal(48, sets.PrototypeCount);
        Assert.Equal(Enumerable.Range(0, 48), sets.PrototypeOfRows.Order());
        CheckTags(set, sets);
        Assert.Equal(0, held.PrototypeCount);
    }

    [Theory]
    [InlineData(47, 24)] // twos
    [InlineData(24, 24)]
    [InlineData(23, 16)] // threes
    [InlineData(11, 8)]  // sixes would be eight, fives twelve
    [InlineData(5, 4)]
    [InlineData(1, 4)]   // never fewer than sets
    public void Of_MoreStickersThanPrototypes_SomeOfOneSetShareOne(int most, int expected)
    {
        using var set = DrawnTrainingSet.Create(_folder, 32, suggested: 3);

        var (sets, _) = TagSets.Of(set, most);

        Assert.Equal(expected, sets.PrototypeCount);
        Assert.Equal(Enumerable.Repeat(48 / expected, expected), sets.PrototypeOfRows.CountBy(prototype => prototype).Select(pair => pair.Value));
        Assert.All(sets.PrototypeOfRows.Zip(sets.OfRows).GroupBy(pair => pair.First), stickers => Assert.Single(stickers.Select(pair => pair.Second).Distinct()));
        CheckTags(set, sets);
    }

    [Theory]
    [InlineData(48, 32, 16)]
    [InlineData(20, 12, 8)] // threes: of eight stickers with the same tags, and of four
    public void Of_ValidationStickers_HavePrototypesOfTheirOwnAsLarge(int most, int training, int validation)
    {
        using var set = DrawnTrainingSet.Create(_folder, 32, suggested: 3, validation: 16);

        var (sets, held) = TagSets.Of(set, most);

        Assert.Equal((training, validation), (sets.PrototypeCount, held.PrototypeCount));
        Assert.Equal(Enumerable.Range(0, 32), sets.Rows);
        Assert.Equal(Enumerable.Range(32, 16), held.Rows);
        CheckTags(set, sets);
        CheckTags(set, held);
    }

    private static void CheckTags(TrainingSet set, TagSets sets)
    {
        var tags = sets.Suggested.ToLookup(pair => pair.Prototype, pair => pair.Tag);
        for (var i = 0; i < sets.Rows.Length; i++) Assert.Equal(set.Rows[sets.Rows[i]].Tags.Where(tag => tag < 3), tags[sets.PrototypeOfRows[i]]);
        Assert.Equal(sets.PrototypeCount, tags.Count);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
