using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.Storage;
using Stickers.Tagger.Models;

namespace Stickers.Tagger.Backfilling;

/// <summary>What to backfill and how.</summary>
public sealed record BackfillOptions
{
    /// <summary>Model version, a folder under <c>models/</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Catalogue name.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Images in a batch of the network, 4 to 256.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Where the suggestions go, without a slash at the end; null for where they stand, <c>suggestions/&lt;model&gt;/&lt;catalogue&gt;</c>.</summary>
    public string? Folder { get; init; }
}

/// <summary>
/// The job that suggests tags for stickers without usable ones: those none of whose canonical tags is in the model's vocabulary. A sticker with a usable label is left alone;
/// labels are never written. It writes <c>suggestions/&lt;model&gt;/&lt;catalogue&gt;</c>.
/// </summary>
public sealed class BackfillJob : PredictionJob<StickerScores, IReadOnlyList<Suggestion>>
{
    private const int FormatVersion = 1;
    private const string Tagged = "tagged";
    private const string Untagged = "withoutSuggestion";
    private const string Rows = "rows";

    private readonly HashSet<string> _vocabulary;

    private BackfillJob(StickerCatalogue catalogue, ModelDescription model, BackfillOptions options)
        : base(catalogue, model, options.BatchSize)
    {
        // Tags that were merged since the training count under the key that stands.
        _vocabulary = model.Vocabulary.Select(tag => catalogue.Vocabulary.Normalize(tag)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        Folder = options.Folder ?? FolderOf(model.Manifest.Version, catalogue.Name);
    }

    /// <inheritdoc/>
    public override string Name => "backfill";

    /// <inheritdoc/>
    public override string Folder { get; }

    /// <inheritdoc/>
    public override string ManifestName => "suggestions.json";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Inputs => new Dictionary<string, string>(base.Inputs) { ["vocabulary"] = Catalogue.Vocabulary.ContentHash };

    /// <inheritdoc/>
    public override Sink<IReadOnlyList<Suggestion>> Sink =>
        new PartSink<IReadOnlyList<Suggestion>, Suggestion>(rows => rows, (part, rows, context) => SuggestionSet.WritePartAsync(context.Store, Folder, part, rows, context.Cancellation));

    private protected override Func<Sticker, bool> Wanted => sticker => !Catalogue.Vocabulary.TagsOf(sticker).Any(_vocabulary.Contains);

    /// <summary>Opens what the job works on.</summary>
    /// <exception cref="FileNotFoundException">The model or the catalogue does not exist.</exception>
    /// <exception cref="InvalidDataException">A plan is in force where the suggestions would go.</exception>
    public static async Task<BackfillJob> OpenAsync(ObjectStore store, BackfillOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Folder is null && (await SuggestionSet.TryOpenAsync(store, options.Model, options.Catalogue, cancellation))?.Manifest.Plan is { } plan)
        {
            throw new InvalidDataException(
                $"Plan {plan} is in force in '{FolderOf(options.Model, options.Catalogue)}', and a backfill would overwrite it. Plan what is new and apply that (stickers backfill plan), or take the plan back first (stickers backfill rollback {plan}).");
        }

        // Both at once: a short run is half a start.
        var model = Task.Run(() => ModelDescription.LoadAsync(store, options.Model, cancellation), cancellation);
        return new BackfillJob(await StickerCatalogue.OpenAsync(store, options.Catalogue, cancellation), await model, options);
    }

    /// <summary>Where the suggestions of a model for a catalogue lie.</summary>
    public static string FolderOf(string model, string catalogue) => SuggestionSet.FolderOf(model, catalogue);

    /// <inheritdoc/>
    public override IAsyncEnumerable<IReadOnlyList<Suggestion>> Postprocess(IAsyncEnumerable<StickerScores> items, ShardContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return items.Select(sticker =>
        {
            var rows = SuggestionsInForce.Of(new StickerId(sticker.Id), Model.Suggest(sticker.Scores), Catalogue.Vocabulary);
            context.Tally(rows.Count > 0 ? Tagged : Untagged);
            context.Tally(Rows, rows.Count);
            return rows;
        });
    }

    /// <inheritdoc/>
    public override Task<object> FinishAsync(JobResult result, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Task.FromResult<object>(new SuggestionManifest
        {
            FormatVersion = FormatVersion,
            Model = Model.Manifest.Version,
            ModelHash = Model.ContentHash,
            Catalogue = Catalogue.Name,
            CatalogueHash = Catalogue.ContentHash,
            TagRulesHash = Catalogue.Vocabulary.ContentHash,
            Read = result.Read,
            Tagged = result.Tallies.GetValueOrDefault(Tagged),
            WithoutSuggestion = result.Tallies.GetValueOrDefault(Untagged),
            Quarantined = result.Quarantined,
            Rows = result.Tallies.GetValueOrDefault(Rows),
            Files = result.Files,
        });
    }

    private protected override StickerScores Keep(long id, Prediction prediction, StickerModel network) => new(id, prediction.Scores);
}
