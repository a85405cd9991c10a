using System.Text.RegularExpressions;
using Stickers.Catalogue;
using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Tests.Evaluating;

public sealed class EvaluationTests
{
    private static readonly EvaluationOptions Options = new() { Model = TestStore.Model, Catalogue = TestStore.Catalogue };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_DrawnStickers_AddsUpAndWritesBothFiles()
    {
        using var store = await Fill();

        var report = await Evaluation.RunAsync(store.Store, Options, null, Cancellation);

        var counts = report.Counts;
        Assert.Equal((181, 181, 1, 120, 60, 20), (counts.Catalogue, counts.Sampled, counts.Quarantined, counts.Training, counts.Measured, counts.MeasuredWithoutTag));
        Assert.Equal(["network", "nearest neighbours on 16x16 pixels", "tag frequency"], report.Tagging.Select(system => system.System));
        Assert.All(report.Tagging, system => Assert.InRange(system.Map!.Value, 0, 1));
        // Both packs hold the same drawings: pixels find the same concept at once.
        var pixels = report.Neighbours.Single(row => row is { Task: "same concept in another pack", Space: "pixels" });
        Assert.Equal(1, pixels.At[0].Precision, 6);
        Assert.Equal(60, report.Views[0].First.Trials);
        Assert.Equal((long)60 * TestStore.Vocabulary.Length, report.Reliability.Bins.Sum(bin => bin.Count));
        Assert.True(report.SameSplitAsTraining);

        var key = Evaluation.KeyOf(TestStore.Model, TestStore.Catalogue, SplitBy.Creator);
        Assert.Equal("models/untrained/evaluation-drawn-creator.json", key);
        var stored = (await store.Store.ReadJsonAsync<EvaluationReport>(key, Cancellation))!;
        Assert.Equal(report.Tags, stored.Tags);
        Assert.Equal(report.Views, stored.Views);

        var page = await File.ReadAllTextAsync(store.Store.PathOf($"models/{TestStore.Model}/report.html"), Cancellation);
        Assert.Contains("data:image/png;base64,", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex("(src|href)=\"(?!data:)|https?:|<script", RegexOptions.IgnoreCase), page);
        Assert.Contains("pack2&lt;/", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Again_WritesTheSameBytes()
    {
        using var store = await Fill();
        await Evaluation.RunAsync(store.Store, Options, null, Cancellation);
        var first = store.Hashes($"models/{TestStore.Model}");
        await Evaluation.RunAsync(store.Store, Options, null, Cancellation);
        Assert.Equal(first, store.Hashes($"models/{TestStore.Model}"));
    }

    [Fact]
    public async Task RunAsync_SmallSample_LooksAtAbout()
    {
        using var store = await Fill();
        var report = await Evaluation.RunAsync(store.Store, Options with { MaxStickers = 100 }, null, Cancellation);
        Assert.Equal(181, report.Counts.Catalogue);
        Assert.InRange(report.Counts.Sampled, 70, 130);
    }

    [Fact]
    public async Task RunAsync_OtherSplit_SaysThatStickersMayBeSeen()
    {
        using var store = await Fill();
        var report = await Evaluation.RunAsync(store.Store, Options with { SplitBy = SplitBy.Concept }, null, Cancellation);
        Assert.False(report.SameSplitAsTraining);
        Assert.NotNull(await store.Store.StatAsync("models/untrained/evaluation-drawn-concept.json", Cancellation));
    }

    [Fact]
    public async Task RunAsync_WrongOptions_ThrowsAllFaults()
    {
        using var store = new TestStore();
        var fault = await Assert.ThrowsAsync<ArgumentException>(() => Evaluation.RunAsync(store.Store, Options with { Part = SplitPart.Train, MinPositives = 0, MaxStickers = 1, BatchSize = 300 }, null, Cancellation));
        foreach (var option in new[] { "Part", "MinPositives", "MaxStickers", "BatchSize" })
            Assert.Contains(option, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NothingOnThatSide_Throws()
    {
        using var store = await Fill();
        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => Evaluation.RunAsync(store.Store, Options with { Part = SplitPart.Validation }, null, Cancellation));
        Assert.Contains("nothing to measure", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Three packs of the same 60 drawings; two are learned from, one is measured; one image is broken.</summary>
    private static async Task<TestStore> Fill()
    {
        var store = new TestStore();
        var stickers = new[] { "one", "two", "<creator>" }.SelectMany((creator, pack) => Enumerable.Range(0, 60).Select(number =>
            TestStore.Draw(number, creator, $"pack{pack}<", number % 3 == 0 ? [] : [number % 2 == 0 ? "Disc" : "square", number % 5 == 0 ? "red" : "GREEN"], $"drawing {number}") with
            {
                SplitCreator = pack == 2 ? "test" : "train",
                SplitConcept = number < 30 ? "train" : "test",
            })).ToList();
        stickers.Add(TestStore.Draw(999) with { Image = new byte[] { 1, 2, 3 }, SplitCreator = "test", SplitConcept = "test" });
        var manifest = await store.AddCatalogueAsync(stickers, Cancellation);
        Assert.Equal(181, manifest.Written);
        var catalogue = await StickerCatalogue.OpenAsync(store.Store, TestStore.Catalogue, Cancellation);
        await store.AddModelAsync(Cancellation, catalogueHash: catalogue.ContentHash);
        return store;
    }
}
