using Stickers.Pipeline;
using Stickers.Tagger.Backfilling;
using static TorchSharp.torch;

namespace Stickers.Tagger.Tests.Backfilling;

[CollectionDefinition(nameof(TensorLeakTests), DisableParallelization = true)]
public sealed class RunsAlone;

/// <summary>Alone, because the count of living tensors is the whole process's.</summary>
[Collection(nameof(TensorLeakTests))]
public sealed class TensorLeakTests
{
    [Fact]
    public async Task Embed_ManyBatches_LeavesNoMoreTensorsThanALoad()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var store = new TestStore();
        await store.AddCatalogueAsync(Enumerable.Range(0, 300).Select(number => TestStore.Draw(number)), cancellation);
        await store.AddModelAsync(cancellation);
        // TorchSharp counts a moved handle as living for ever: what a load and nothing else leaves is not ours.
        var before = Tensor.TotalCount;
        (await StickerModel.LoadAsync(store.Store, TestStore.Model, TestContext.Current.CancellationToken)).Dispose();
        var left = Tensor.TotalCount - before;

        var job = await EmbedJob.OpenAsync(store.Store, new EmbedOptions { Model = TestStore.Model, Catalogue = TestStore.Catalogue, BatchSize = 8 }, cancellation);
        await JobRunner.RunAsync(job, store.Store, new RunOptions { Folder = job.Folder }, cancellation: cancellation);

        Assert.InRange(Tensor.TotalCount, 0, before + (2 * left)); // fewer, where the collector found what tests before this one had left
    }
}
