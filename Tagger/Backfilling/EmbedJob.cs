using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.Storage;
using Stickers.Tagger.Models;

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
}

/// <summary>The job that gives every sticker of a catalogue its visual and its semantic vector: <c>embeddings/&lt;model&gt;/&lt;catalogue&gt;</c>.</summary>
public sealed class EmbedJob : PredictionJob<StickerVectors, StickerEmbedding>
{
    private readonly ObjectStore _store;

    private EmbedJob(ObjectStore store, StickerCatalogue catalogue, ModelDescription model, int batchSize)
        : base(catalogue, model, batchSize) => _store = store;

    /// <inheritdoc/>
    public override string Name => "embed";

    /// <inheritdoc/>
    public override string Folder => FolderOf(Model.Manifest.Version, Catalogue.Name);

    /// <inheritdoc/>
    public override string ManifestName => "embeddings.json";

    /// <inheritdoc/>
    public override Sink<StickerEmbedding> Sink =>
        new PartSink<StickerEmbedding, StickerEmbedding>(row => [row], (part, rows, context) => EmbeddingSet.WritePartAsync(context.Store, Model.Manifest.Version, Catalogue.Name, part, rows, IsCoded, context.Cancellation));

    /// <summary>Opens what the job works on.</summary>
    /// <exception cref="FileNotFoundException">The model or the catalogue does not exist.</exception>
    public static async Task<EmbedJob> OpenAsync(ObjectStore store, EmbedOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new EmbedJob(store, await StickerCatalogue.OpenAsync(store, options.Catalogue, cancellation), await ModelDescription.LoadAsync(store, options.Model, cancellation), options.BatchSize);
    }

    /// <summary>Where the vectors that a model made of a catalogue lie.</summary>
    public static string FolderOf(string model, string catalogue) => $"embeddings/{model}/{catalogue}";

    /// <inheritdoc/>
    public override IAsyncEnumerable<StickerEmbedding> Postprocess(IAsyncEnumerable<StickerVectors> items, ShardContext context) =>
        items.Select(sticker => new StickerEmbedding(new StickerId(sticker.Id), sticker.Visual, sticker.Semantic) { Code = sticker.Code });

    /// <inheritdoc/>
    public override async Task<object> FinishAsync(JobResult result, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.Read != Catalogue.Manifest.Written) throw new InvalidDataException($"The catalogue has {Catalogue.Manifest.Written} stickers, but {result.Read} were read.");
        var map = await Model.ReadCodeMapAsync(_store, cancellation);
        return new EmbeddingManifest
        {
            FormatVersion = map is null ? 1 : EmbeddingSet.FormatVersion,
            Model = Model.Manifest.Version,
            ModelHash = Model.ContentHash,
            Catalogue = Catalogue.Name,
            CatalogueHash = Catalogue.ContentHash,
            VisualDimension = Model.Manifest.Network.VisualDimension,
            SemanticDimension = Model.Manifest.Network.SemanticDimension,
            Read = result.Read,
            Written = result.Written,
            Quarantined = result.Quarantined,
            Code = map is null ? null : await EmbeddingSet.WriteCodeMapAsync(_store, Model.Manifest.Version, Catalogue.Name, map, cancellation),
            Files = result.Files,
        };
    }

    private protected override StickerVectors Keep(long id, Prediction prediction, StickerModel network) =>
        new(id, prediction.Visual, prediction.Semantic, network.CodeMap?.Encode(prediction.Visual) ?? []);

    private bool IsCoded => Model.Manifest.Network.CodeBits > 0;
}
