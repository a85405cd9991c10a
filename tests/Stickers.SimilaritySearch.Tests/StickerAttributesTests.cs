using Stickers.Catalogue;
using Stickers.SimilaritySearch.Filtering;

namespace Stickers.SimilaritySearch.Tests;

public sealed class StickerAttributesTests : IDisposable
{
    private static readonly DateTime Day = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly TemporaryFolder _folder = new();
    private readonly StickerDatabase _stickers;
    private readonly StickerRecord[] _records;

    public StickerAttributesTests()
    {
        var random = new Random(5);
        string[] tags = ["a", "b", "c", "d"];
        _records = [.. Enumerable.Range(1, 700).Select(i => Records.Of(
            random.NextInt64(long.MaxValue), [.. tags.Where(_ => random.Next(3) == 0)], null, random.Next(2) == 0 ? [Records.Accepted("s")] : [Records.Review("s")]) with
        {
            Pack = $"p{random.Next(10)}", Creator = $"c{random.Next(40)}", Locale = random.Next(2) == 0 ? "en" : "ja", Frames = random.Next(5) == 0 ? 8 : 1,
            Created = random.Next(3) == 0 ? null : Day.AddDays(random.Next(100)),
        })];
        _stickers = Records.Write(_folder.File("stickers.db"), _records);
    }

    public static TheoryData<StickerFilter> Filters =>
    [
        new StickerFilter { Packs = ["p3"] },
        new StickerFilter { Packs = ["p3", "p4", "none"], Creators = ["c1", "c2", "c3"] },
        new StickerFilter { Locales = ["ja"], Animated = true },
        new StickerFilter { Animated = false },
        new StickerFilter { AnyTag = ["a", "b"] },
        new StickerFilter { AllTags = ["a", "b", "s"] },
        new StickerFilter { NoTag = ["a", "s"] },
        new StickerFilter { AnyTag = ["a"], AllTags = ["b"], NoTag = ["c"], Packs = ["p1", "p2"], Locales = ["en"], Animated = false },
        new StickerFilter { Packs = ["nowhere"] },
        new StickerFilter { CreatedAfter = Day.AddDays(50) },
        new StickerFilter { CreatedAfter = Day.AddDays(-1), Animated = false, NoTag = ["a"] },
        new StickerFilter { CreatedAfter = Day.AddDays(200) },
        new StickerFilter { CreatedAfter = DateTime.MinValue },
    ];

    public void Dispose()
    {
        _stickers.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public void Passing_Filter_IsWhatTheRecordsSay(StickerFilter filter)
    {
        var attributes = StickerAttributes.Load(_stickers, TestContext.Current.CancellationToken);
        var passing = attributes.Passing(filter)!;
        var expected = _records.Where(Passes).Select(record => record.Id.Value).Order().ToArray();
        Assert.Equal(expected, passing.Positions().Select(position => attributes.IdAt(position).Value));
        Assert.Equal(expected.Length, passing.Count);
        Assert.All(_records, record => Assert.Equal(Passes(record), passing.Contains(attributes.PositionOf(record.Id))));

        bool Passes(StickerRecord record)
        {
            string[] tags = [.. record.Tags, .. record.Suggestions.Where(s => s.Decision == "accept").Select(s => s.Tag)];
            return (filter.Packs.Count == 0 || filter.Packs.Contains(record.Pack))
                && (filter.Creators.Count == 0 || filter.Creators.Contains(record.Creator))
                && (filter.Locales.Count == 0 || filter.Locales.Contains(record.Locale))
                && (filter.AnyTag.Count == 0 || filter.AnyTag.Any(tags.Contains))
                && filter.AllTags.All(tags.Contains)
                && !filter.NoTag.Any(tags.Contains)
                && (filter.CreatedAfter is not { } moment || record.Created > moment)
                && (filter.Animated is null || filter.Animated == record.Frames > 1);
        }
    }

    [Fact]
    public void Passing_NoFilter_IsNull() =>
        Assert.Null(StickerAttributes.Load(_stickers, TestContext.Current.CancellationToken).Passing(StickerFilter.None));

    [Fact]
    public void PositionOf_UnknownSticker_IsNegative() =>
        Assert.True(StickerAttributes.Load(_stickers, TestContext.Current.CancellationToken).PositionOf(new StickerId(12)) < 0);

    [Fact]
    public void ScoresOfTag_OfLabelsAndSuggestions_TellThemApart()
    {
        var attributes = StickerAttributes.Load(_stickers, TestContext.Current.CancellationToken);
        Assert.Equal(attributes.WithTag("s").Length, attributes.ScoresOfTag("s").Length);
        Assert.All(attributes.ScoresOfTag("s").ToArray(), score => Assert.Equal(0.8f, score));
        Assert.All(attributes.ScoresOfTag("a").ToArray(), score => Assert.Equal(1f, score));
        Assert.True(attributes.ScoresOfTag("nothing").IsEmpty);
    }
}
