using Stickers.Catalogue;
using Stickers.Storage;

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

    /// <summary>Make a finished set anew; without it, one made from other inputs is an error. Also for when the tag rules have changed.</summary>
    public bool Replace { get; init; }
}

/// <summary>
/// The batch that suggests tags for stickers without usable ones: those none of whose canonical tags is in the model's
/// vocabulary. A sticker with a usable label is left alone; labels are never written. An animation's scores are the mean
/// probabilities of up to four frames. Interrupted, it goes on after the last finished part and writes the same bytes.
/// </summary>
public static class Backfill
{
    private const int FormatVersion = 1;

    /// <summary>Writes <c>suggestions/&lt;model&gt;/&lt;catalogue&gt;</c>, or returns at once what stands there finished.</summary>
    /// <exception cref="FileNotFoundException">The model or the catalogue does not exist.</exception>
    /// <exception cref="InvalidDataException">A set made from other inputs is there, or counts do not add up.</exception>
    public static async Task<SuggestionManifest> RunAsync(ObjectStore store, BackfillOptions options, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        JobOptions.DemandBatchSize(options.BatchSize);
        var catalogue = await StickerCatalogue.OpenAsync(store, options.Catalogue, cancellation);
        using var model = await StickerModel.LoadAsync(store, options.Model, cancellation);
        var folder = $"suggestions/{options.Model}/{options.Catalogue}";
        const string ManifestName = "suggestions.json";

        var standing = await store.ReadJsonAsync<SuggestionManifest>($"{folder}/{ManifestName}", cancellation);
        var found = standing is null ? null : new SourceHashes(standing.ModelHash, standing.CatalogueHash);
        if (await FinishedSet.IsCurrentAsync(store, folder, ManifestName, found, new SourceHashes(model.ContentHash, catalogue.ContentHash), options.Replace, cancellation))
            return standing!;

        var vocabulary = model.Vocabulary.ToHashSet(StringComparer.Ordinal);
        var parts = await new PartJob<Suggestion>
        {
            Stage = "backfill",
            Folder = folder,
            Store = store,
            Catalogue = catalogue,
            ModelHash = model.ContentHash,
            BatchSize = options.BatchSize,
            Predict = model.Predict,
            Wanted = sticker => !catalogue.Vocabulary.TagsOf(sticker).Any(vocabulary.Contains),
            RowsOf = (sticker, prediction) => model.Suggest(prediction.Scores).Select(tag => new Suggestion(sticker.Id, tag.Tag, tag.Score, tag.Decision)),
            WritePart = (part, rows, stop) => SuggestionSet.WritePartAsync(store, options.Model, options.Catalogue, part, rows, stop),
        }.RunAsync(progress, cancellation);

        var manifest = new SuggestionManifest
        {
            FormatVersion = FormatVersion,
            Model = options.Model,
            ModelHash = model.ContentHash,
            Catalogue = options.Catalogue,
            CatalogueHash = catalogue.ContentHash,
            Read = parts.Sum(part => part.Read),
            Tagged = parts.Sum(part => part.WithRows),
            WithoutSuggestion = parts.Sum(part => part.WithoutRows),
            Quarantined = parts.Sum(part => (long)part.Quarantined.Count),
            Rows = parts.Sum(part => part.Rows),
            Files = [.. parts.Select(part => part.File)],
        };
        if (manifest.Read != manifest.Tagged + manifest.WithoutSuggestion + manifest.Quarantined)
            throw new InvalidDataException($"Read {manifest.Read}, tagged {manifest.Tagged}, without suggestion {manifest.WithoutSuggestion}, quarantined {manifest.Quarantined}: that does not add up.");
        await store.WriteJsonAsync($"{folder}/{ManifestName}", manifest, cancellation);
        await FinishedSet.DeleteJournalAsync(store, folder, cancellation);
        return manifest;
    }
}
