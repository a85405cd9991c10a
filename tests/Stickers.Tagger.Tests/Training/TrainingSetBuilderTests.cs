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
    public async Task OpenAsync_SomeLabelled_HoldsTheirFittedImagesInTheCataloguesOrder()
    {
        var stickers = await AddStickersAsync();
        using var set = await BuildAsync();

        var expected = stickers.Where((sticker, number) => sticker.Tags.Count > 0 && number != Broken && StickerSplit.Of(sticker, SplitBy.Creator) != SplitPart.Test).ToArray();
        Assert.Equal(expected.Length, set.Rows.Count);
        for (var row = 0; row < expected.Length; row++)
        {
            Assert.Equal(expected[row].Tags, set.Rows[row].Tags.Select(tag => set.Vocabulary.Meanings[tag]));
            Assert.Equal(InputFitting.Fit(ImageDecoder.Decode(expected[row].Image.Span, StickerModel.DecodeSide), set.FittedSide), set.Image(row).ToArray());
        }
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
        Assert.Empty(await _store.Store.ListAsync("models/", Cancellation).ToListAsync(Cancellation));
    }

    private async Task<TrainingSet> BuildAsync() =>
        await new TrainingSetBuilder(_store.Store, await StickerCatalogue.OpenAsync(_store.Store, TestStore.Catalogue, Cancellation), Options, StageGroup.Alone).OpenAsync(null, Cancellation);

    /// <summary>Three shards; a third has no label, and one labelled image is broken.</summary>
    private async Task<IReadOnlyList<Sticker>> AddStickersAsync()
    {
        Sticker[] stickers =
        [
            .. Enumerable.Range(0, 600).Select(number => TestStore.Draw(number, creator: $"creator {number % 20}", tags: number % 3 == 0 ? [] : [number % 3 == 1 ? "red" : "green"])),
        ];
        stickers[Broken] = stickers[Broken] with { Image = stickers[Broken].Image[..(stickers[Broken].Image.Length / 2)] };
        await _store.AddCatalogueAsync(stickers, Cancellation);
        return stickers;
    }
}
