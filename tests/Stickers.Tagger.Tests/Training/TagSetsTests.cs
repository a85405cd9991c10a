using Stickers.Tagger.Training;

namespace Stickers.Tagger.Tests.Training;

public sealed class TagSetsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tag-sets-").FullName;

    [Fact]
    public void Of_FewStickers_EachIsAPrototypeWithItsSuggestedTags()
    {
        using var set = DrawnTrainingSet.Create(_folder, 32, suggested: 3);     // blue is known but not suggested

        var sets = TagSets.Of(set);

        Assert.Equal([12, 12, 12, 12], sets.Counts);
        Assert.Equal(48, sets.PrototypeCount);
        Assert.Equal(Enumerable.Range(0, 48), sets.PrototypeOfRows.Order());
        CheckTags(set, sets);
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

        var sets = TagSets.Of(set, most);

        Assert.Equal(expected, sets.PrototypeCount);
        Assert.Equal(Enumerable.Repeat(48 / expected, expected), sets.PrototypeOfRows.CountBy(prototype => prototype).Select(pair => pair.Value));
        Assert.All(sets.PrototypeOfRows.Zip(sets.OfRows).GroupBy(pair => pair.First), stickers => Assert.Single(stickers.Select(pair => pair.Second).Distinct()));
        CheckTags(set, sets);
    }

    private static void CheckTags(TrainingSet set, TagSets sets)
    {
        var tags = sets.Suggested.ToLookup(pair => pair.Prototype, pair => pair.Tag);
        for (var i = 0; i < 48; i++) Assert.Equal(set.Rows[set.TaggedRows[i]].Tags.Where(tag => tag < 3), tags[sets.PrototypeOfRows[i]]);
        Assert.Equal(sets.PrototypeCount, tags.Count);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
