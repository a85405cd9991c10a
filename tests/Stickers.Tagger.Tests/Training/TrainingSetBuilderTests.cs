using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Pipeline;
using Stickers.Tagger.Network;
using Stickers.Tagger.Training;

namespace Stickers.Tagger.Tests.Training;

public sealed class TrainingSetBuilderTests : IDisposable
{
    private const int Broken = 7;

    private static readonly TrainingOptions Options = new() { Catalogue = TestStore.Catalogue, Version = "m", InputSide = 32, MinimumSupport = 3 };

    private readonly TestStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task OpenAsync_SomeLabelled_HoldsThemAndAllOfValidationFittedInTheCataloguesOrder()
    {
        var stickers = await AddStickersAsync();
        using var set = await BuildAsync();

        var expected = stickers.Where((sticker, number) => number != Broken && StickerSplit.Of(sticker, SplitBy.Creator) switch
        {
            SplitPart.Train => sticker.Tags.Count > 0,
            SplitPart.Validation => true, // a third has no tag: nothing to say of them
            _ => false,
        }).ToArray();
        Assert.Equal(expected.Length, set.Rows.Count);
        for (var row = 0; row < expected.Length; row++)
        {
            Assert.Equal(expected[row].Tags, set.Rows[row].Tags.Select(tag => set.Vocabulary.Meanings[tag]));
            Assert.Equal(InputFitting.Fit(ImageDecoder.Decode(expected[row].Image.Span, StickerModel.DecodeSide), set.FittedSide), set.Image(row).ToArray());
        }

        Assert.DoesNotContain(set.TrainingRows, row => set.Rows[row].Tags.Length == 0);
        Assert.Contains(set.ValidationRows, row => set.Rows[row].Tags.Length == 0);
        var creators = expected.Select(sticker => sticker.Creator).Distinct().Count();
        Assert.Equal(creators, set.Rows.Select(row => row.Creator).Distinct().Count());
        Assert.Equal(creators, set.Rows.Zip(expected).Select(pair => (pair.First.Creator, pair.Second.Creator)).Distinct().Count());
    }

    [Fact]
    public async Task OpenAsync_MostValidationStickersWithoutTags_LeavesThoseOut()
    {
        var stickers = await AddStickersAsync(number => number % 5 == 0 ? [number % 2 == 0 ? "red" : "rare"] : []);
        using var set = await BuildAsync();

        var labelled = stickers.Where((sticker, number) => sticker.Tags.Count > 0 && number != Broken && StickerSplit.Of(sticker, SplitBy.Creator) == SplitPart.Validation).ToArray();
        Assert.NotEmpty(labelled);
        Assert.Equal(labelled.Length, set.ValidationRows.Length);
    }

    [Fact]
    public async Task OpenAsync_ValidationStickerWithRareTagsOnly_IsCalibratedOnAndNotLearnedFrom()
    {
        var stickers = await AddStickersAsync(number => [number % 2 == 0 ? "red" : $"only of {number}"]);
        using var set = await BuildAsync();

        Assert.Equal(["red"], set.Vocabulary.Meanings);
        Assert.Equal(stickers.Where((_, number) => number != Broken).Count(sticker => StickerSplit.Of(sticker, SplitBy.Creator) == SplitPart.Validation), set.ValidationRows.Length);
        Assert.All(set.TrainingRows, row => Assert.Equal([0], set.Rows[row].Tags));
    }

    [Fact]
    public async Task OpenAsync_CreatorsUnknown_EachStickerHasItsOwn()
    {
        await AddStickersAsync(creator: _ => "");
        using var set = await BuildAsync();

        Assert.Equal(set.Rows.Count, set.Rows.Select(row => row.Creator).Distinct().Count());
    }

    [Fact]
    public async Task OpenAsync_Again_DecodesNothingAndOfOtherMeaningsAnotherSet()
    {
        await AddStickersAsync();
        (await BuildAsync()).Dispose();
        var before = _store.Hashes("models/m/work");
        (await BuildAsync()).Dispose();
        Assert.Equal(before, _store.Hashes("models/m/work"));

        await File.WriteAllTextAsync(_store.Store.PathOf("tag-rules.yaml"), "aliases: { red: green }\n", Cancellation);
        using (var other = await BuildAsync()) Assert.DoesNotContain("red", other.Vocabulary.Meanings);
        await TrainingSetBuilder.DeleteAsync(_store.Store, "m", Cancellation);
        Assert.Empty(Directory.GetFileSystemEntries(_store.Store.PathOf("models/m"))); // no empty folders either
    }

    [Fact]
    public async Task OpenAsync_WithReviews_AcceptedTagsAreLabelsAndRejectedOnesAreRefused()
    {
        var stickers = await AddStickersAsync();
        var untagged = stickers.Where(sticker => sticker.Tags.Count == 0 && StickerSplit.Of(sticker, SplitBy.Creator) != SplitPart.Test).Take(3).ToArray();
        var red = stickers.First(sticker => sticker.Tags.Contains("red") && StickerSplit.Of(sticker, SplitBy.Creator) != SplitPart.Test);
        var file = _store.Store.PathOf("labels.jsonl");
        await File.WriteAllLinesAsync(
            file,
            [
                Line(untagged[0], "red", "reject"), Line(untagged[0], "red", "accept"), // the last one counts
                Line(untagged[1], "Green", "reject"),
                Line(untagged[2], "green", "accept"), Line(untagged[2], "red", "reject"),
                Line(red, "red", "reject"), // its creator says otherwise
                Line(red, "green", "reject"),
            ],
            Cancellation);
        using var set = await BuildAsync(ReviewedLabels.Read(file));

        Assert.True(set.HasRefusals);
        Assert.Equal("red -", Row(untagged[0]));
        Assert.Equal("- green", Row(untagged[1]));
        Assert.Equal("green - red", Row(untagged[2]));
        Assert.Equal("red - green", Row(red));
        using var without = await BuildAsync();
        Assert.False(without.HasRefusals);
        Assert.Equal(without.TrainingRows.Length + untagged.Count(sticker => StickerSplit.Of(sticker, SplitBy.Creator) == SplitPart.Train), set.TrainingRows.Length);

        static string Line(Sticker sticker, string tag, string decision) => $$"""{"sticker":"{{sticker.Id}}","key":"{{sticker.Key}}","tag":"{{tag}}","decision":"{{decision}}","reviewer":"Ann"}""";

        string Row(Sticker sticker)
        {
            var image = InputFitting.Fit(ImageDecoder.Decode(sticker.Image.Span, StickerModel.DecodeSide), set.FittedSide);
            var row = set.Rows[Enumerable.Range(0, set.Rows.Count).First(row => set.Image(row).SequenceEqual(image))];
            return string.Join(' ', [.. row.Tags.Select(tag => set.Vocabulary.Meanings[tag]), "-", .. row.Refused.Select(tag => set.Vocabulary.Meanings[tag])]);
        }
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("""{"sticker":"x","tag":"red","decision":"accept"}""")]
    [InlineData("""{"sticker":"7","tag":"red","decision":"maybe"}""")]
    [InlineData("[1]")]
    public async Task Read_ReviewsWithAnUnusableLine_SaysWhichLine(string line)
    {
        var file = _store.Store.PathOf("labels.jsonl");
        await File.WriteAllLinesAsync(file, ["""{"sticker":"7","tag":"red","decision":"accept"}""", line], Cancellation);
        Assert.Contains("line 2", Assert.Throws<InvalidDataException>(() => ReviewedLabels.Read(file)).Message, StringComparison.Ordinal);
    }

    private async Task<TrainingSet> BuildAsync(ReviewedLabels? reviews = null) =>
        await new TrainingSetBuilder(_store.Store, await StickerCatalogue.OpenAsync(_store.Store, TestStore.Catalogue, Cancellation), Options, StageGroup.Alone, reviews).OpenAsync(null, Cancellation);

    /// <summary>Three shards; unless told otherwise a third has no label; one image is broken.</summary>
    private async Task<IReadOnlyList<Sticker>> AddStickersAsync(Func<int, string[]>? tags = null, Func<int, string>? creator = null)
    {
        tags ??= number => number % 3 == 0 ? [] : [number % 3 == 1 ? "red" : "green"];
        creator ??= number => $"creator {number % 20}";
        Sticker[] stickers =
        [
            .. Enumerable.Range(0, 600).Select(number => TestStore.Draw(number, creator: creator(number), tags: tags(number))),
        ];
        stickers[Broken] = stickers[Broken] with { Image = stickers[Broken].Image[..(stickers[Broken].Image.Length / 2)] };
        await _store.AddCatalogueAsync(stickers, Cancellation);
        return stickers;
    }
}
