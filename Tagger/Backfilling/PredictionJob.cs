using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Pipeline;
using Stickers.Pipeline.Sources;
using Stickers.Tagger.Models;

namespace Stickers.Tagger.Backfilling;

/// <summary>
/// What backfill and embed share: stickers are decoded and fitted (preprocess), run through the network in batches (main), and become rows of Parquet (postprocess, sink). An
/// animation's prediction is the weighted mean over up to four frames. Images that do not decode go to quarantine, the class of their error being that of their fault.
/// </summary>
/// <typeparam name="TResult">What is kept of a prediction.</typeparam>
/// <typeparam name="TOutput">A sticker's part of the output.</typeparam>
public abstract class PredictionJob<TResult, TOutput> : Job<Sticker, FittedSticker, TResult, TOutput>
{
    private const int MaxBatch = 256;   // StickerModel.PredictFitted takes no more

    /// <summary>Pixels of the last picture that this thread has fitted: most stickers of a catalogue are of one size.</summary>
    [ThreadStatic]
    private static byte[]? t_room;

    private readonly int _batchSize;
    private readonly SpareArrays _spare;
    private Task<StickerModel>? _network; // in processes that run the main stage

    private protected PredictionJob(StickerCatalogue catalogue, ModelDescription model, int batchSize)
    {
        if (batchSize is < StickerFrames.Max or > MaxBatch)
            throw new ArgumentOutOfRangeException(nameof(batchSize), batchSize, $"A batch holds {StickerFrames.Max} (the frames of one animation) to {MaxBatch} images.");
        (Catalogue, Model, _batchSize) = (catalogue, model, batchSize);
        _spare = new SpareArrays(model.FittedLength, 2 * MaxBatch);
    }

    /// <summary>Where the output goes in the store, without a slash at the end: to be given to <see cref="RunOptions.Folder"/>.</summary>
    public abstract string Folder { get; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Inputs => new Dictionary<string, string>
    {
        ["batchSize"] = $"{_batchSize}",
        ["catalogue"] = Catalogue.Name,
        ["frames"] = StickerFrames.Choice,
        ["model"] = Model.Manifest.Version,
        ["modelHash"] = Model.ContentHash,
    };

    /// <inheritdoc/>
    public override Source<Sticker> Source => new StickerSource(Catalogue, StickerShards.SizeOf(Catalogue.Manifest.Written), Wanted);

    internal StickerCatalogue Catalogue { get; }

    internal ModelDescription Model { get; }

    /// <summary>Whether a sticker is the job's business; null when all are.</summary>
    private protected virtual Func<Sticker, bool>? Wanted => null;

    /// <inheritdoc/>
    public override async Task PrepareAsync(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Stage != StageKind.Main) return;
        await Model.VerifyWeightsAsync(context.Store, context.Cancellation);
        // The rest while the first stickers are read and decoded.
        _network = Task.Run(() => StickerModel.LoadVerifiedAsync(context.Store, Model, context.Cancellation), context.Cancellation);
    }

    /// <inheritdoc/>
    public override IAsyncEnumerable<FittedSticker> Preprocess(IAsyncEnumerable<Sticker> items, ShardContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Each(items, sticker => sticker.Key, Decode);
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<TResult> Main(IAsyncEnumerable<FittedSticker> items, ShardContext context)
    {
        ArgumentNullException.ThrowIfNull(items);
        var batch = new List<FittedSticker>();
        var frames = 0;
        await foreach (var sticker in items)
        {
            if (frames > 0 && frames + sticker.Frames.Length > _batchSize)
            {
                foreach (var result in Predict(await _network!, batch)) yield return result;
                batch.Clear();
                frames = 0;
            }

            batch.Add(sticker);
            frames += sticker.Frames.Length;
        }

        foreach (var result in Predict(await _network!, batch)) yield return result;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_network is { } loading)
        {
            await ((Task)loading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (loading.IsCompletedSuccessfully) loading.Result.Dispose();
        }

        await base.DisposeAsync();
    }

    /// <summary>What is kept of a sticker's prediction.</summary>
    private protected abstract TResult Keep(long id, Prediction prediction, StickerModel network);

    private FittedSticker Decode(Sticker sticker)
    {
        try
        {
            var frames = StickerFrames.Decode(sticker.Image.Span, room: t_room);
            var fitted = new FittedSticker(sticker.Id.Value, [.. frames.Select(frame => Model.FitInto(frame.Image, _spare.Take()))], [.. frames.Select(frame => frame.Share)]);
            t_room = frames[^1].Image.Rgba;
            return fitted;
        }
        catch (ImageException bad)
        {
            throw new BadItemException(bad.Fault.ToString(), bad.Message, bad);
        }
    }

    private IEnumerable<TResult> Predict(StickerModel network, List<FittedSticker> batch)
    {
        if (batch.Count == 0) yield break;
        byte[][] frames = [.. batch.SelectMany(sticker => sticker.Frames)];
        var predictions = network.PredictFitted(frames);
        foreach (var frame in frames) _spare.GiveBack(frame);
        var next = 0;
        foreach (var sticker in batch)
        {
            var own = predictions.Skip(next).Take(sticker.Frames.Length).ToArray();
            next += own.Length;
            yield return Keep(sticker.Id, FramePool.Pool(own, sticker.Shares), network);
        }
    }
}
