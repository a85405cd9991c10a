using Stickers.Catalogue;
using Stickers.Storage;

namespace Stickers.Tagger.Backfilling;

/// <summary>What to embed and how.</summary>
public sealed record EmbedOptions
{
    /// <summary>Model version, a folder under <c>models/</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Catalogue name.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Images in a batch of the network, 4 to 256.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Make a finished set anew; without it, one made from other inputs is an error.</summary>
    public bool Replace { get; init; }
}

/// <summary>
/// The batch that gives every sticker of a catalogue its visual and its semantic vector. An animation's vectors are the
/// normalised means of up to four frames'. Interrupted, it goes on after the last finished part and writes the same bytes.
/// </summary>
public static class Embed
{
    private const int FormatVersion = 1;

    /// <summary>Writes <c>embeddings/&lt;model&gt;/&lt;catalogue&gt;</c>, or returns at once what stands there finished.</summary>
    /// <exception cref="FileNotFoundException">The model or the catalogue does not exist.</exception>
    /// <exception cref="InvalidDataException">A set made from other inputs is there, or counts do not add up.</exception>
    public static async Task<EmbeddingManifest> RunAsync(ObjectStore store, EmbedOptions options, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        JobOptions.DemandBatchSize(options.BatchSize);
        var catalogue = await StickerCatalogue.OpenAsync(store, options.Catalogue, cancellation);
        using var model = await StickerModel.LoadAsync(store, options.Model, cancellation);
        var folder = $"embeddings/{options.Model}/{options.Catalogue}";
        const string ManifestName = "embeddings.json";

        var standing = await store.ReadJsonAsync<EmbeddingManifest>($"{folder}/{ManifestName}", cancellation);
        var found = standing is null ? null : new SourceHashes(standing.ModelHash, standing.CatalogueHash);
        if (await FinishedSet.IsCurrentAsync(store, folder, ManifestName, found, new SourceHashes(model.ContentHash, catalogue.ContentHash), options.Replace, cancellation))
            return standing!;

        var parts = await new PartJob<StickerEmbedding>
        {
            Stage = "embed",
            Folder = folder,
            Store = store,
            Catalogue = catalogue,
            ModelHash = model.ContentHash,
            BatchSize = options.BatchSize,
            Predict = model.Predict,
            Wanted = _ => true,
            RowsOf = (sticker, prediction) => [new StickerEmbedding(sticker.Id, prediction.Visual, prediction.Semantic)],
            WritePart = (part, rows, stop) => EmbeddingSet.WritePartAsync(store, options.Model, options.Catalogue, part, rows, stop),
        }.RunAsync(progress, cancellation);

        var manifest = new EmbeddingManifest
        {
            FormatVersion = FormatVersion,
            Model = options.Model,
            ModelHash = model.ContentHash,
            Catalogue = options.Catalogue,
            CatalogueHash = catalogue.ContentHash,
            VisualDimension = model.VisualDimension,
            SemanticDimension = model.SemanticDimension,
            Read = parts.Sum(part => part.Read),
            Written = parts.Sum(part => part.Rows),
            Quarantined = parts.Sum(part => (long)part.Quarantined.Count),
            Files = [.. parts.Select(part => part.File)],
        };
        if (manifest.Read != catalogue.Manifest.Written || manifest.Read != manifest.Written + manifest.Quarantined)
            throw new InvalidDataException($"The catalogue has {catalogue.Manifest.Written} stickers; read {manifest.Read}, written {manifest.Written}, quarantined {manifest.Quarantined}: that does not add up.");
        await store.WriteJsonAsync($"{folder}/{ManifestName}", manifest, cancellation);
        await FinishedSet.DeleteJournalAsync(store, folder, cancellation);
        return manifest;
    }
}
