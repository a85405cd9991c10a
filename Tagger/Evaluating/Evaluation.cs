using System.Text;
using Stickers.Catalogue;
using Stickers.Storage;
using Stickers.Tagger.Evaluating.Report;

namespace Stickers.Tagger.Evaluating;

/// <summary>
/// Measures a model on stickers that it has not learned from (on validation stickers without their prototypes), beside two baselines: how well it tags, what its neighbours
/// share, whether a changed view finds its original, whether a tag finds stickers. The tags measured are the model's
/// vocabulary; averages are over those with enough labelled stickers on the measured side.
/// </summary>
public static class Evaluation
{
    private const int FormatVersion = 2;

    /// <summary>Key of the figures: <c>models/&lt;version&gt;/evaluation-&lt;catalogue&gt;-&lt;split&gt;.json</c>, with the side appended when it is not the test side.</summary>
    public static string KeyOf(string model, string catalogue, SplitBy splitBy, SplitPart part = SplitPart.Test)
        => $"models/{model}/evaluation-{catalogue}-{Name(splitBy)}{(part == SplitPart.Test ? "" : "-" + Name(part))}.json";

    /// <summary>Measures, and writes the figures and <c>report.html</c> into the model's folder.</summary>
    /// <exception cref="FileNotFoundException">The model or the catalogue does not exist.</exception>
    /// <exception cref="ArgumentException">An option is out of range; all faults are listed.</exception>
    /// <exception cref="InvalidDataException">No sticker is on the measured side.</exception>
    public static async Task<EvaluationReport> RunAsync(ObjectStore store, EvaluationOptions options, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var catalogue = await StickerCatalogue.OpenAsync(store, options.Catalogue, cancellation);
        using var model = await LoadAsync(store, options, cancellation);
        var splitBy = options.SplitBy ?? model.Manifest.SplitBy;

        var data = await EvaluationData.CollectAsync(catalogue, model, options, splitBy, progress, cancellation);
        if (data.Measured.Count == 0)
            throw new InvalidDataException($"Catalogue '{catalogue.Name}' has no sticker on the {Name(options.Part)} side when split by {Name(splitBy)}: there is nothing to measure.");

        var tagging = TaggingMeasure.Of(data, model.Vocabulary, model.Support, model.AcceptThresholds, options.MinPositives, cancellation);
        var tagVectors = new VectorTable(model.SemanticDimension, model.Vocabulary.Count);
        foreach (var tag in model.Vocabulary)
            tagVectors.Add(model.TagVector(tag));
        var report = new EvaluationReport
        {
            FormatVersion = FormatVersion,
            Model = options.Model,
            ModelHash = model.ContentHash,
            Catalogue = options.Catalogue,
            CatalogueHash = catalogue.ContentHash,
            SplitBy = splitBy,
            Part = options.Part,
            SameSplitAsTraining = model.Manifest.CatalogueHash == catalogue.ContentHash && model.Manifest.SplitBy == splitBy,
            Counts = new EvaluatedCounts(
                catalogue.Manifest.Written,
                data.Stickers.Count + data.Quarantined,
                data.Quarantined,
                data.Sides.Count(side => side == SplitPart.Train),
                data.Measured.Count,
                data.Measured.Count(row => data.Labels[row].Length == 0)),
            MinPositives = options.MinPositives,
            Tagging = tagging.Systems,
            AcceptedPrecision = tagging.AcceptedPrecision,
            AcceptedRecall = tagging.AcceptedRecall,
            Coverage = tagging.Coverage,
            Neighbours = [.. RetrievalMeasure.Concepts(data, cancellation), .. RetrievalMeasure.Tags(data, cancellation)],
            Views = RetrievalMeasure.Views(data, cancellation),
            Text = RetrievalMeasure.Text(data, tagging, tagVectors, options.MinPositives, cancellation),
            Reliability = Reliability.Measure(tagging.Scores, tagging.Truth.Cells),
            TagCalibrationError = tagging.Tags.Count == 0 ? 0 : tagging.Tags.Average(tag => tag.CalibrationError),
            Tags = tagging.Tags,
        };
        var examples = await Examples.ChooseAsync(data, tagging, catalogue, model.Vocabulary, cancellation);
        await WriteTextAsync(store, $"models/{options.Model}/report.html", ReportPage.Write(report, examples, data.Stickers), cancellation);
        await store.WriteJsonAsync(KeyOf(options.Model, options.Catalogue, splitBy, options.Part), report, cancellation);
        return report;
    }

    private static async Task<StickerModel> LoadAsync(ObjectStore store, EvaluationOptions options, CancellationToken cancellation)
    {
        var served = await StickerModel.LoadAsync(store, options.Model, cancellation);
        if (options.Part != SplitPart.Validation) return served;
        using (served) return served.WithoutValidation();
    }

    private static async Task WriteTextAsync(ObjectStore store, string key, string text, CancellationToken cancellation)
    {
        await using var writer = await store.CreateAsync(key, cancellation);
        await writer.Stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
        await writer.CommitAsync(cancellation);
    }

    private static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
