using Stickers.Tagger.EightBit;
using Stickers.Tagger.Models;
using Stickers.Tagger.Training;

namespace Stickers.Tagger.Tests.Training;

public sealed class TrainerTests
{
    [Fact]
    public async Task RunAsync_ShortTraining_WritesRangesOfEveryLayer()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var store = new TestStore();
        await store.AddCatalogueAsync(Enumerable.Range(0, 96).Select(i => TestStore.Draw(i, $"creator {i % 8}", tags: [i % 2 == 0 ? "round" : "square"]) with { SplitCreator = i % 8 < 6 ? "train" : "val" }), cancellation);

        var summary = await Trainer.RunAsync(store.Store, new TrainingOptions { Catalogue = TestStore.Catalogue, Version = "trained", Steps = 2, MinimumSupport = 10, InputSide = 32, Widths = [8, 8, 8, 8] }, cancellation: cancellation);

        Assert.Equal(ModelFiles.FormatVersion, summary.Model.FormatVersion);
        Assert.Empty(Directory.GetDirectories(Path.Combine(store.Store.Root, "models", "trained"))); // what it worked with is gone, folders too
        var (tensors, _) = SafeTensors.Read(Path.Combine(store.Store.Root, "models", "trained", ModelFiles.Weights));
        Assert.Equal(9, ActivationRanges.Of(tensors, summary.Model.Network, "the model")!.Values.Length);
        using var model = await StickerModel.LoadAsync(store.Store, "trained", cancellation);
        var picture = Stickers.Catalogue.Images.ImageDecoder.Decode(TestStore.Draw(5).Image.Span, StickerModel.DecodeSide);
        Assert.All(model.Predict([picture])[0].Scores, score => Assert.InRange(score, 0f, 1f));
    }
}
