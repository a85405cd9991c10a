using Stickers.Tagger.Training;

namespace Stickers.Tagger.Tests.Training;

public sealed class TagSetsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tag-sets-").FullName;

    [Fact]
    public void Of_DrawnStickers_HasEachSetOnceWithItsSuggestedTags()
    {
        using var set = DrawnTrainingSet.Create(_folder, 32, suggested: 3);     // blue is known but not suggested

        var sets = TagSets.Of(set);

        Assert.Equal([12, 12, 12, 12], sets.Counts);
        for (var i = 0; i < 48; i++)
        {
            int[] tags = [.. sets.Suggested.Where(pair => pair.Set == sets.OfRows[i]).Select(pair => pair.Tag)];
            Assert.Equal(set.Rows[set.TaggedRows[i]].Tags.Where(tag => tag < 3), tags);
        }
        Assert.Equal(6, sets.Suggested.Length);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
