using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Faiss;
using Stickers.Catalogue;
using Stickers.IndexBuilder.Sharding;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>Everything an index is made of, opened, checked to belong together, and hashed into its version.</summary>
internal sealed class IndexInputs
{
    /// <summary>Raised whenever the same inputs would give other bytes.</summary>
    private const int BuilderVersion = 6;

    private readonly Func<IndexRequest, IndexPlan> _plan;
    private readonly IndexBuildOptions _options;
    private readonly ModelIdentity? _model;
    private readonly CodeMap? _codes;

    private IndexInputs(IndexBuildOptions options, StickerCatalogue catalogue, EmbeddingSet embeddings, SuggestionSet? suggestions, ModelIdentity? model, CodeMap? codes, Func<IndexRequest, IndexPlan> plan)
    {
        _options = options;
        _model = model;
        _codes = codes;
        Space = options.Space;
        Catalogue = catalogue;
        Embeddings = embeddings;
        Suggestions = suggestions;
        _plan = plan;
        Vectors = new VectorSource(embeddings, Space);
        Plan = PlanOf(Space);
        Version = VersionOf(Space, Plan, []);
    }

    public EmbeddingSpace Space { get; }

    public StickerCatalogue Catalogue { get; }

    public EmbeddingSet Embeddings { get; }

    public SuggestionSet? Suggestions { get; }

    public IndexPlan Plan { get; }

    /// <summary>12 hexadecimal digits: the same inputs have the same version.</summary>
    public string Version { get; }

    public VectorSource Vectors { get; }

    public ShardInputs Shards
    {
        get
        {
            var shards = new ShardInputs(Embeddings, Space, Version, Plan) { Codes = UsesLearnedCodes(Space, Plan) ? _codes : null };
            return _options.ShardBytes is { } bytes ? shards with { ShardBytes = bytes } : shards;
        }
    }

    /// <summary>Where the codes of a coded index come from, for people; null for other kinds.</summary>
    public string? Codes => Plan.CodedLists == 0 ? null : UsesLearnedCodes(Space, Plan) ? $"learned, {_codes!.Bits} bits" : $"fitted, {Dimension} bits";

    public long Count => Vectors.Count;

    public int Dimension => Vectors.Dimension;

    /// <summary>How images were fitted for the model, where it says so.</summary>
    public int? Fitting => _model?.Network?.Fitting;

    /// <summary>SHA-256 of the model's vocabulary.</summary>
    public string? VocabularyHash => _model?.Files?.FirstOrDefault(file => file.Path == "vocabulary.json")?.Sha256;

    /// <exception cref="FileNotFoundException">The catalogue or its embeddings do not exist or are unfinished.</exception>
    /// <exception cref="InvalidDataException">They do not belong together; the message has both hashes.</exception>
    public static async Task<IndexInputs> OpenAsync(ObjectStore store, IndexBuildOptions options, Func<IndexRequest, IndexPlan> plan, CancellationToken cancellation)
    {
        var catalogue = await StickerCatalogue.OpenAsync(store, options.Catalogue, cancellation);
        var embeddings = await EmbeddingSet.OpenAsync(store, options.Model, options.Catalogue, cancellation);
        var suggestions = await SuggestionSet.TryOpenAsync(store, options.Model, options.Catalogue, cancellation);

        var e = embeddings.Manifest;
        if (e.Model != options.Model || e.Catalogue != options.Catalogue)
            throw new InvalidDataException($"embeddings/{options.Model}/{options.Catalogue} says it was made by model {e.Model} of catalogue {e.Catalogue}. It was moved or renamed: embed again (stickers embed).");
        RequireSame("catalogue", options.Catalogue, catalogue.ContentHash, "embeddings", e.CatalogueHash, "stickers embed");
        var model = await store.ReadJsonAsync<ModelIdentity>($"models/{options.Model}/model.json", cancellation);
        if (model?.ContentHash is { } modelHash)
            RequireSame("model", options.Model, modelHash, "embeddings", e.ModelHash, "stickers embed");
        if (e.Read != catalogue.Manifest.Written || e.Read != e.Written + e.Quarantined)
            throw new InvalidDataException($"The embeddings' counts do not add up: catalogue {catalogue.Manifest.Written}, read {e.Read}, written {e.Written}, quarantined {e.Quarantined}. Embed again (stickers embed).");
        if (e.Written == 0)
            throw new InvalidDataException($"Catalogue {options.Catalogue} has no embedded sticker ({e.Quarantined} in quarantine), so there is nothing to index.");
        if (suggestions is not null)
        {
            RequireSame("catalogue", options.Catalogue, catalogue.ContentHash, "suggestions", suggestions.Manifest.CatalogueHash, "stickers backfill");
            RequireSame("model", options.Model, e.ModelHash, "suggestions", suggestions.Manifest.ModelHash, "stickers backfill");
        }

        return new IndexInputs(options, catalogue, embeddings, suggestions, model, await embeddings.ReadCodeMapAsync(cancellation), plan);
    }

    /// <summary>Reads all inputs once and compares their hashes with what the version was computed from.</summary>
    public async Task VerifyAsync(CancellationToken cancellation)
    {
        await Embeddings.VerifyAsync(cancellation);
        if (Suggestions is not null)
            await Suggestions.VerifyAsync(cancellation);
        await Catalogue.VerifyAsync(cancellation);
    }

    /// <summary>The version that an index of this space has when it is made of these same inputs; null where none can be planned within the same limits.</summary>
    public string? TryVersionOf(EmbeddingSpace space)
    {
        try
        {
            return VersionOf(space, PlanOf(space), []);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The version of an update of another version to these inputs.</summary>
    public string VersionOfUpdate(string baseVersion) => VersionOf(Space, Plan, ["update", baseVersion]);

    private string VersionOf(EmbeddingSpace space, IndexPlan plan, string[] more) => Hash([
        BuilderVersion.ToString(CultureInfo.InvariantCulture), space.Name(), plan.Factory, string.Join(' ', plan.NProbe), UsesFaiss(plan) ? $"{FaissLibrary.Version} {FaissLibrary.Variant}" : "",
        UsesLearnedCodes(space, plan) ? Embeddings.Manifest.Code!.Map.Sha256 : "",
        Embeddings.Manifest.Model, Embeddings.Manifest.ModelHash, Embeddings.ContentHash,
        Catalogue.Name, Catalogue.ContentHash, Catalogue.Vocabulary.ContentHash, Suggestions?.ContentHash ?? "none", .. more])[..12];

    private bool UsesLearnedCodes(EmbeddingSpace space, IndexPlan plan) => plan.CodedLists > 0 && space == EmbeddingSpace.Visual && _options.LearnedCodes && _codes is not null;

    private IndexPlan PlanOf(EmbeddingSpace space) => _plan(new IndexRequest(Count, new VectorSource(Embeddings, space).Dimension)
    {
        MemoryBytes = _options.MemoryBytes,
        Milliseconds = _options.Milliseconds,
        RecallFloor = _options.RecallFloor,
        FaissVariant = FaissLibrary.Variant,
    });

    private static bool UsesFaiss(IndexPlan plan) => !plan.IsExact && plan.CodedLists == 0;

    private static void RequireSame(string what, string name, string expected, string holder, string found, string remedy)
    {
        if (found != expected)
            throw new InvalidDataException($"The {holder} were made from another state of {what} {name}: expected content hash {expected}, they name {found}. Make them again ({remedy}).");
    }

    private static string Hash(IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));

    /// <summary>The fields of model.json that matter here.</summary>
    private sealed record ModelIdentity(string? ContentHash, ModelNetwork? Network, IReadOnlyList<CommittedFile>? Files);

    private sealed record ModelNetwork(int? Fitting);
}
