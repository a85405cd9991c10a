using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;

namespace Stickers.Tagger.Evaluating;

/// <summary>
/// Stickers through the network in their order: decoding runs ahead on the thread pool through a bounded queue while the
/// network works. Batches depend only on the stickers and the batch size, so a stream gives the same answers every time.
/// </summary>
internal static class PredictionStream
{
    /// <summary>Runs all stickers through the network.</summary>
    /// <param name="stickers">Read ahead by at most two batches.</param>
    /// <param name="prepare">Makes images of a sticker; runs on several threads. Refused images belong into <see cref="PreparedSticker.Fault"/>; any exception ends the stream.</param>
    /// <param name="predict">The network: one prediction for each image, in order.</param>
    /// <param name="batchSize">Most images in a call of <paramref name="predict"/>, as long as one sticker has no more.</param>
    /// <param name="cancellation">Stops the stream.</param>
    /// <returns>Every sticker with the predictions of its images; none for a faulty one.</returns>
    public static async IAsyncEnumerable<(T Prepared, IReadOnlyList<Prediction> Predictions)> RunAsync<T>(
        IAsyncEnumerable<Sticker> stickers,
        Func<Sticker, T> prepare,
        Func<IReadOnlyList<RasterImage>, IReadOnlyList<Prediction>> predict,
        int batchSize,
        [EnumeratorCancellation] CancellationToken cancellation = default)
        where T : PreparedSticker
    {
        var queue = Channel.CreateBounded<Task<T>>(new BoundedChannelOptions(batchSize * 2) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var feeding = Task.Run(() => FeedAsync(stickers, prepare, queue.Writer, stop.Token), CancellationToken.None);
        try
        {
            var batch = new List<T>();
            var images = 0;
            await foreach (var pending in queue.Reader.ReadAllAsync(cancellation))
            {
                var prepared = await pending;
                if (images > 0 && images + prepared.Images.Count > batchSize)
                {
                    foreach (var result in Predict(batch, predict))
                        yield return result;
                    batch.Clear();
                    images = 0;
                    cancellation.ThrowIfCancellationRequested();
                }
                batch.Add(prepared);
                images += prepared.Images.Count;
            }
            foreach (var result in Predict(batch, predict))
                yield return result;
        }
        finally
        {
            await stop.CancelAsync();
            await feeding;
        }
    }

    /// <summary>Never throws: what goes wrong reaches the reader through the queue.</summary>
    private static async Task FeedAsync<T>(IAsyncEnumerable<Sticker> stickers, Func<Sticker, T> prepare, ChannelWriter<Task<T>> queue, CancellationToken cancellation)
    {
        try
        {
            await foreach (var sticker in stickers.WithCancellation(cancellation))
            {
                // Room first, work second: no more images are ever decoded than the queue holds.
                if (!await queue.WaitToWriteAsync(cancellation))
                    break;
                await queue.WriteAsync(Task.Run(() => prepare(sticker), cancellation), cancellation);
            }
            queue.Complete();
        }
        catch (Exception fault)
        {
            queue.Complete(fault);
        }
    }

    private static IEnumerable<(T Prepared, IReadOnlyList<Prediction> Predictions)> Predict<T>(List<T> batch, Func<IReadOnlyList<RasterImage>, IReadOnlyList<Prediction>> predict)
        where T : PreparedSticker
    {
        var images = batch.SelectMany(prepared => prepared.Images).ToList();
        var predictions = images.Count == 0 ? [] : predict(images);
        if (predictions.Count != images.Count)
            throw new InvalidOperationException($"The network gave {predictions.Count} predictions for {images.Count} images.");
        var next = 0;
        foreach (var prepared in batch)
        {
            yield return (prepared, predictions.Skip(next).Take(prepared.Images.Count).ToArray());
            next += prepared.Images.Count;
        }
    }
}
