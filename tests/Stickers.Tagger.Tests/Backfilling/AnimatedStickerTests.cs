using System.IO.Compression;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Pipeline;
using Stickers.Tagger.Backfilling;

namespace Stickers.Tagger.Tests.Backfilling;

public sealed class AnimatedStickerTests
{
    [Fact]
    public async Task Embed_AnimatedSample_IsTheMeanOfItsFrames()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var file = AnimatedGif();
        var info = ImageDecoder.Identify(file);
        using var store = new TestStore();
        var sticker = TestStore.Draw(1) with { Image = file, Format = info.Format, Frames = info.Frames, Width = info.Width, Height = info.Height };
        await store.AddCatalogueAsync([sticker], cancellation);
        await store.AddModelAsync(cancellation);

        var job = await EmbedJob.OpenAsync(store.Store, new EmbedOptions { Model = TestStore.Model, Catalogue = TestStore.Catalogue }, cancellation);
        await JobRunner.RunAsync(job, store.Store, new RunOptions { Folder = job.Folder }, cancellation: cancellation);

        var set = await EmbeddingSet.OpenAsync(store.Store, TestStore.Model, TestStore.Catalogue, cancellation);
        var row = await set.ReadAsync(cancellation).SingleAsync(cancellation);
        using var model = await StickerModel.LoadAsync(store.Store, TestStore.Model, TestContext.Current.CancellationToken);
        var frames = ImageDecoder.DecodeDistinctFrames(file, StickerModel.DecodeSide, 4);
        Assert.InRange(frames.Count, 2, 4);
        var single = model.Predict([.. frames.Select(frame => frame.Image)]);
        var mean = Enumerable.Range(0, row.Visual.Length).Select(i => single.Zip(frames, (prediction, frame) => prediction.Visual[i] * frame.Share).Sum()).ToArray();
        var length = MathF.Sqrt(mean.Sum(value => value * value));
        for (var i = 0; i < mean.Length; i++)
            Assert.Equal(mean[i] / length, row.Visual[i], 4);
    }

    private static byte[] AnimatedGif()
    {
        using var samples = ZipFile.OpenRead(Path.Combine(Corpus.Require().Folder, "samples.zip"));
        foreach (var entry in samples.Entries.Where(entry => entry.Name.EndsWith(".gif", StringComparison.Ordinal)))
        {
            using var stream = entry.Open();
            using var file = new MemoryStream();
            stream.CopyTo(file);
            if (ImageDecoder.Identify(file.ToArray()).Frames > 1)
                return file.ToArray();
        }
        throw new InvalidDataException("The corpus' samples.zip has no animated GIF.");
    }
}
