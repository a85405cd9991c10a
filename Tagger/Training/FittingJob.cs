using System.Runtime.InteropServices;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Pipeline;
using Stickers.Pipeline.Sources;
using Stickers.Storage;
using Stickers.Tagger.Backfilling;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Training;

/// <summary>
/// The job that decodes and fits the images of a training set. A part holds, for each sticker, its id (int64, little-endian) and premultiplied RGBA of side x side. The import decoded
/// every image once; one that fails now is in quarantine, and left out of training.
/// </summary>
/// <param name="catalogue">The catalogue.</param>
/// <param name="labels">The stickers wanted.</param>
/// <param name="side">Side of a fitted image.</param>
/// <param name="choice">Hash of what decides which stickers are wanted, and how they are fitted.</param>
internal sealed class FittingJob(StickerCatalogue catalogue, IReadOnlyDictionary<long, TrainingRow> labels, int side, string choice) : Job<Sticker, FittedSticker, FittedSticker, FittedSticker>
{
    public override string Name => "training-set";

    public override IReadOnlyDictionary<string, string> Inputs => new Dictionary<string, string> { ["choice"] = choice, ["side"] = $"{side}" };

    public override Source<Sticker> Source => new StickerSource(catalogue, StickerShards.SizeOf(catalogue.Manifest.Written), sticker => labels.ContainsKey(sticker.Id.Value));

    public override Sink<FittedSticker> Sink => new ImageSink();

    public override IAsyncEnumerable<FittedSticker> Preprocess(IAsyncEnumerable<Sticker> items, ShardContext context) => context.Each(items, sticker => sticker.Key, Fit);

    public override IAsyncEnumerable<FittedSticker> Main(IAsyncEnumerable<FittedSticker> items, ShardContext context) => items;

    public override IAsyncEnumerable<FittedSticker> Postprocess(IAsyncEnumerable<FittedSticker> items, ShardContext context) => items;

    private FittedSticker Fit(Sticker sticker)
    {
        try
        {
            return new FittedSticker(sticker.Id.Value, [InputFitting.Fit(ImageDecoder.Decode(sticker.Image.Span, StickerModel.DecodeSide), side)], [1]);
        }
        catch (ImageException bad)
        {
            throw new BadItemException(bad.Fault.ToString(), bad.Message, bad);
        }
    }

    private sealed class ImageSink : Sink<FittedSticker>
    {
        public override async Task<CommittedFile> WriteAsync(IAsyncEnumerable<FittedSticker> outputs, ShardContext context)
        {
            await using var file = await context.CreateOutputAsync(".rgba");
            await foreach (var sticker in outputs)
            {
                var id = sticker.Id;
                file.Stream.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in id)));
                await file.Stream.WriteAsync(sticker.Frames[0], context.Cancellation);
            }

            return await file.CommitAsync(context.Cancellation);
        }
    }
}
