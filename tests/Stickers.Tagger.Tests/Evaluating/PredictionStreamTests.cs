using System.Runtime.CompilerServices;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Tests.Evaluating;

public sealed class PredictionStreamTests
{
    [Fact]
    public async Task RunAsync_UnevenDecodingTimes_KeepsOrderAndFrames()
    {
        var batches = new List<int>();
        var results = await Run(Stickers(200), number => number % 7, 16, batches, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 200), results.Select(result => result.Number));
        Assert.All(results, result => Assert.Equal(Enumerable.Repeat((float)result.Number, result.Number % 7), result.Scores));
        Assert.All(batches, size => Assert.InRange(size, 1, 16));
    }

    [Fact]
    public async Task RunAsync_Again_MakesTheSameBatches()
    {
        var first = new List<int>();
        var second = new List<int>();
        await Run(Stickers(100), number => number % 4, 8, first, TestContext.Current.CancellationToken);
        await Run(Stickers(100), number => number % 4, 8, second, TestContext.Current.CancellationToken);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task RunAsync_SourceFails_ThrowsItsError()
    {
        async IAsyncEnumerable<Sticker> Broken([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            await foreach (var sticker in Stickers(20).WithCancellation(cancellation))
                yield return sticker;
            throw new IOException("disk gone");
        }
        var fault = await Assert.ThrowsAsync<IOException>(() => Run(Broken(TestContext.Current.CancellationToken), _ => 1, 8, [], TestContext.Current.CancellationToken));
        Assert.Equal("disk gone", fault.Message);
    }

    [Fact]
    public async Task RunAsync_PreparationFails_ThrowsItsError()
        => await Assert.ThrowsAsync<InvalidTimeZoneException>(() => Run(Stickers(50), number => number == 31 ? throw new InvalidTimeZoneException() : 1, 8, [], TestContext.Current.CancellationToken));

    [Fact]
    public async Task RunAsync_ConsumerStopsEarly_StopsReading()
    {
        var read = 0;
        async IAsyncEnumerable<Sticker> Endless([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            while (true)
            {
                await Task.Yield();
                cancellation.ThrowIfCancellationRequested();
                yield return Make(read++);
            }
        }
        await foreach (var _ in PredictionStream.RunAsync(Endless(TestContext.Current.CancellationToken), sticker => Prepare(sticker, 1), Echo, 4, TestContext.Current.CancellationToken))
            break;
        // The first batch, the one that showed it to be full, the queue and one on its way.
        Assert.InRange(read, 5, 4 + 1 + 8 + 2);
    }

    [Fact]
    public async Task RunAsync_Cancelled_Throws()
    {
        using var stop = new CancellationTokenSource();
        async Task Consume()
        {
            await foreach (var (prepared, _) in PredictionStream.RunAsync(Stickers(1000), sticker => Prepare(sticker, 1), Echo, 4, stop.Token))
            {
                if (prepared.Sticker.Width == 10)
                    await stop.CancelAsync();
            }
        }
        await Assert.ThrowsAnyAsync<OperationCanceledException>(Consume);
    }

    private static async Task<List<(int Number, float[] Scores)>> Run(IAsyncEnumerable<Sticker> stickers, Func<int, int> frames, int batchSize, List<int> batches, CancellationToken cancellation)
    {
        var results = new List<(int, float[])>();
        IReadOnlyList<Prediction> Predict(IReadOnlyList<RasterImage> images)
        {
            batches.Add(images.Count);
            return Echo(images);
        }
        await foreach (var (prepared, predictions) in PredictionStream.RunAsync(stickers, sticker => Prepare(sticker, frames(sticker.Width)), Predict, batchSize, cancellation))
            results.Add((prepared.Sticker.Width, predictions.Select(prediction => prediction.Scores[0]).ToArray()));
        return results;
    }

    /// <summary>Decoding that takes longer for some, so that later ones finish first. The image's width carries the number.</summary>
    private static PreparedSticker Prepare(Sticker sticker, int frames)
    {
        Thread.SpinWait(sticker.Width % 5 * 2000);
        return new PreparedSticker(sticker, [.. Enumerable.Repeat(new RasterImage(sticker.Width, 0, []), frames)], null);
    }

    private static IReadOnlyList<Prediction> Echo(IReadOnlyList<RasterImage> images) => [.. images.Select(image => new Prediction([image.Width], [1f], [1f]))];

    private static async IAsyncEnumerable<Sticker> Stickers(int count)
    {
        for (var number = 0; number < count; number++)
        {
            await Task.Yield();
            yield return Make(number);
        }
    }

    private static Sticker Make(int number) => new()
    {
        Id = new StickerId(number),
        Key = $"test/{number}",
        Pack = "test",
        Creator = "",
        ImagePath = $"{number}.png",
        Format = StickerFormat.Png,
        Width = number,
        Height = 1,
    };
}
