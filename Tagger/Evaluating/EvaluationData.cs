using System.Runtime.CompilerServices;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Tagger.Backfilling;
using Stickers.Tagger.Baselines;

namespace Stickers.Tagger.Evaluating;

/// <summary>
/// All that the figures are computed from: every sampled sticker's vectors, thumbnail and labels, and the scores and views of
/// the measured ones. About 4 KB a sticker.
/// </summary>
internal sealed class EvaluationData
{
    /// <summary>Decoded stickers without their images, in catalogue order; the row of each in the tables below.</summary>
    public List<Sticker> Stickers { get; } = [];

    /// <summary>The catalogue's part that each sticker lies in.</summary>
    public List<int> Parts { get; } = [];

    public List<SplitPart> Sides { get; } = [];

    /// <summary>Tags of each sticker as indices into the vocabulary, ascending.</summary>
    public List<int[]> Labels { get; } = [];

    public required VectorTable Visual { get; init; }
    public required VectorTable Semantic { get; init; }
    public VectorTable Pixels { get; } = new(PixelThumbnail.Length);

    /// <summary>Rows of the measured stickers, ascending. The tables below have one row for each of these.</summary>
    public List<int> Measured { get; } = [];

    /// <summary>The network's scores, measured stickers x tags.</summary>
    public required VectorTable Scores { get; init; }
    public required VectorTable VisualOfViews { get; init; }
    public required VectorTable SemanticOfViews { get; init; }
    public VectorTable PixelsOfViews { get; } = new(PixelThumbnail.Length);

    /// <summary>Sampled stickers whose image does not decode.</summary>
    public int Quarantined { get; private set; }

    /// <summary>Streams a catalogue through the model.</summary>
    public static async Task<EvaluationData> CollectAsync(StickerCatalogue catalogue, StickerModel model, EvaluationOptions options, SplitBy splitBy, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var data = new EvaluationData
        {
            Visual = new VectorTable(model.VisualDimension),
            Semantic = new VectorTable(model.SemanticDimension),
            Scores = new VectorTable(model.Vocabulary.Count),
            VisualOfViews = new VectorTable(model.VisualDimension),
            SemanticOfViews = new VectorTable(model.SemanticDimension),
        };
        var vocabulary = model.Vocabulary.Select((tag, index) => (tag, index)).ToDictionary(pair => pair.tag, pair => pair.index, StringComparer.Ordinal);
        var total = Math.Min(catalogue.Manifest.Written, options.MaxStickers);
        for (var part = 0; part < catalogue.Manifest.PartCounts.Count; part++)
        {
            var sampled = SampleAsync(catalogue, part, options.MaxStickers, cancellation);
            await foreach (var (prepared, predictions) in PredictionStream.RunAsync(sampled, sticker => Looked.At(sticker, StickerSplit.Of(sticker, splitBy), options.Part), model.Predict, options.BatchSize, cancellation))
            {
                data.Add(prepared, predictions, part, options.Part, catalogue.Vocabulary, vocabulary);
                progress?.Report(new JobProgress("evaluate", data.Stickers.Count + data.Quarantined, total, "stickers"));
            }
        }
        return data;
    }

    private void Add(Looked looked, IReadOnlyList<Prediction> predictions, int part, SplitPart measuredSide, TagVocabulary rules, Dictionary<string, int> vocabulary)
    {
        if (looked.Fault is not null)
        {
            Quarantined++;
            return;
        }
        var isMeasured = looked.Side == measuredSide;
        var view = isMeasured ? predictions[^1] : null;
        var own = FramePool.Pool(isMeasured ? [.. predictions.SkipLast(1)] : predictions, looked.Shares);
        Visual.Add(own.Visual);
        Semantic.Add(own.Semantic);
        Pixels.Add(looked.Thumbnail);
        if (view is not null)
        {
            Measured.Add(Stickers.Count);
            Scores.Add(own.Scores);
            VisualOfViews.Add(view.Visual);
            SemanticOfViews.Add(view.Semantic);
            PixelsOfViews.Add(looked.ViewThumbnail);
        }
        Stickers.Add(looked.Sticker with { Image = default });
        Parts.Add(part);
        Sides.Add(looked.Side);
        Labels.Add([.. rules.TagsOf(looked.Sticker).Where(vocabulary.ContainsKey).Select(tag => vocabulary[tag]).Order()]);
    }

    /// <summary>Ids are hashes: those below a bound are an unbiased sample, the same every time.</summary>
    private static async IAsyncEnumerable<Sticker> SampleAsync(StickerCatalogue catalogue, int part, int maxStickers, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var share = Math.Min(1, (double)maxStickers / Math.Max(1, catalogue.Manifest.Written));
        var bound = share >= 1 ? long.MaxValue : (long)(share * long.MaxValue);
        await foreach (var sticker in catalogue.ReadPartAsync(part, images: true, cancellation))
        {
            if (sticker.Id.Value <= bound)
                yield return sticker;
        }
    }

    /// <summary>A decoded sticker; a measured one has its view as the last image.</summary>
    private sealed record Looked(Sticker Sticker, IReadOnlyList<RasterImage> Images, IReadOnlyList<float> Shares, ImageException? Fault, SplitPart Side, float[] Thumbnail, float[] ViewThumbnail)
        : PreparedSticker(Sticker, Images, Fault)
    {
        public static Looked At(Sticker sticker, SplitPart side, SplitPart measuredSide)
        {
            try
            {
                var frames = Frames(sticker);
                float[] shares = [.. frames.Select(frame => frame.Share)];
                RasterImage[] images = [.. frames.Select(frame => frame.Image)];
                var thumbnail = PixelThumbnail.Of(images[0]);
                if (side != measuredSide)
                    return new Looked(sticker, images, shares, null, side, thumbnail, []);
                var view = AugmentedView.Of(sticker.Id, images[0]);
                return new Looked(sticker, [.. images, view], shares, null, side, thumbnail, PixelThumbnail.Of(view));
            }
            catch (ImageException fault)
            {
                return new Looked(sticker, [], [], fault, side, [], []);
            }
        }
    }
}
