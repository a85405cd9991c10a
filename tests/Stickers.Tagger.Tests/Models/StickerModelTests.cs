using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Tests.Models;

public sealed class StickerModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LoadAsync_PicturesFittedByAnotherRule_IsRefusedWithBoth()
    {
        using var store = new TestStore();
        await store.AddModelAsync(Cancellation);
        var path = Path.Combine(store.Store.Root, "models", TestStore.Model, ModelFiles.Manifest);
        var now = $"\"fitting\": {InputFitting.Version}";
        var manifest = await File.ReadAllTextAsync(path, Cancellation);
        Assert.Contains(now, manifest, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, manifest.Replace(now, "\"fitting\": 2", StringComparison.Ordinal), Cancellation);

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => StickerModel.LoadAsync(store.Store, TestStore.Model, Cancellation));

        Assert.Contains($"by rule 2, this program fits them by rule {InputFitting.Version}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_FormatOne_HasOneCalibrationForAllTags()
    {
        var old = await PredictAsync(1);
        var present = await PredictAsync(2);

        for (var tag = 0; tag < old.Scores.Length; tag++)
        {
            var logit = Math.Log(old.Scores[tag] / (1 - old.Scores[tag]));
            Assert.Equal(1 / (1 + Math.Exp(-(logit + (tag * TestStore.TagShift)))), present.Scores[tag], 1e-4);
        }
    }

    [Fact]
    public async Task LoadAsync_FormatToCome_SaysWhichAreRead()
    {
        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => PredictAsync(ModelFiles.FormatVersion + 1));
        Assert.Contains($"this program reads 1 to {ModelFiles.FormatVersion}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_FormatTwo_HasNoCodesAndTheHashItAlwaysHad()
    {
        using var store = new TestStore();
        await store.AddModelAsync(Cancellation, formatVersion: 2);
        using var model = await StickerModel.LoadAsync(store.Store, TestStore.Model, Cancellation);

        Assert.Null(model.CodeMap);
        Assert.Null(await model.Description.ReadCodeMapAsync(store.Store, Cancellation));
        // Embeddings and indexes name the model by this hash, so a field that older models do not have must not be part of it.
        Assert.DoesNotContain("CodeBits", System.Text.Json.JsonSerializer.Serialize(model.Manifest.Network), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_Prototypes_DecideAsTheyWereWritten()
    {
        using var store = new TestStore();
        var picture = ImageDecoder.Decode(TestStore.Draw(4).Image.Span, StickerModel.DecodeSide);
        await store.AddModelAsync(Cancellation);
        using var plain = await StickerModel.LoadAsync(store.Store, TestStore.Model, Cancellation);
        await store.AddModelAsync(Cancellation, prototype: plain.Predict([picture])[0].Semantic);

        using var model = await StickerModel.LoadAsync(store.Store, TestStore.Model, Cancellation);

        // The only prototype, which carries the last two tags, takes all of the prototypes' three quarters.
        var (before, after) = (Uncalibrated(plain.Predict([picture])[0]), Uncalibrated(model.Predict([picture])[0]));
        for (var tag = 0; tag < 4; tag++) Assert.Equal((before[tag] / 4) + (tag >= 2 ? 0.75 : 0), after[tag], 1e-4);

        static double[] Uncalibrated(Prediction prediction) =>
            [.. prediction.Scores.Select((p, tag) => 1 / (1 + Math.Exp(-(Math.Log(p / (1 - p)) - (tag * TestStore.TagShift)))))];
    }

    [Fact]
    public async Task LoadAsync_FormatFive_HasNoPrototypesAndTheHashItAlwaysHad()
    {
        using var store = new TestStore();
        await store.AddModelAsync(Cancellation, formatVersion: 5);
        using var model = await StickerModel.LoadAsync(store.Store, TestStore.Model, Cancellation);

        Assert.Equal(0, model.Manifest.Network.Prototypes);
        Assert.DoesNotContain("Prototype", System.Text.Json.JsonSerializer.Serialize(model.Manifest.Network), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Heat_OfLoadedModel_HasItsHottestPart()
    {
        using var store = new TestStore();
        await store.AddModelAsync(Cancellation);
        using var model = await StickerModel.LoadAsync(store.Store, TestStore.Model, Cancellation);
        var picture = ImageDecoder.Decode(TestStore.Draw(4).Image.Span, StickerModel.DecodeSide);

        var maps = model.Heat(picture, TestStore.Vocabulary, 4);

        Assert.Equal(4, maps.Count);
        Assert.All(maps, map => Assert.All(map, value => Assert.InRange(value, 0f, 1f)));
        Assert.Contains(maps, map => map.Contains(1f));
    }

    [Fact]
    public async Task Suggest_ThresholdAboveOne_IsOnlyReviewed()
    {
        using var store = new TestStore();
        await store.AddModelAsync(Cancellation, accept: 2, review: 0.1f);
        using var model = await StickerModel.LoadAsync(store.Store, TestStore.Model, Cancellation);

        Assert.Equal([SuggestionDecision.Review, SuggestionDecision.Review], model.Suggest([1, 0, 0.9f, 0.05f]).Select(s => s.Decision));
    }

    private static async Task<Prediction> PredictAsync(int formatVersion)
    {
        using var store = new TestStore();
        await store.AddModelAsync(Cancellation, formatVersion: formatVersion);
        using var model = await StickerModel.LoadAsync(store.Store, TestStore.Model, Cancellation);
        return model.Predict([ImageDecoder.Decode(TestStore.Draw(4).Image.Span, StickerModel.DecodeSide)])[0];
    }
}
