using System.Security.Cryptography;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Storage;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Models;

/// <summary>
/// A trained model without its network: what it was made from, what images must look like for it, and what its scores mean. Who only prepares images, or chooses among
/// scores, needs no more, and no LibTorch. Thread-safe.
/// </summary>
public sealed class ModelDescription
{
    /// <summary>Most suggestions a sticker gets.</summary>
    private const int MaxSuggestions = 10;

    private readonly ThresholdsFile _thresholds;

    private ModelDescription(ModelManifest manifest, VocabularyFile vocabulary, ThresholdsFile thresholds)
    {
        Manifest = manifest;
        Meanings = vocabulary.Tags;
        Vocabulary = [.. vocabulary.Tags.Take(manifest.Network.Tags).Select(tag => tag.Tag)];
        Support = [.. vocabulary.Tags.Take(manifest.Network.Tags).Select(tag => tag.Support)];
        _thresholds = thresholds;
    }

    /// <summary>What the model is and what it was made from.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Hash over all files that decide an output.</summary>
    public string ContentHash => Manifest.ContentHash;

    /// <summary>The tags that the model suggests, in the order of <see cref="Prediction.Scores"/>.</summary>
    public IReadOnlyList<string> Vocabulary { get; }

    /// <summary>Training stickers per tag, in vocabulary order.</summary>
    public IReadOnlyList<int> Support { get; }

    /// <summary>Per tag the calibrated probability from which a suggestion is accepted; above 1 for a tag that is only reviewed.</summary>
    public IReadOnlyList<float> AcceptThresholds => _thresholds.Accept;

    /// <summary>All tags that have a vector in the semantic space; those that are suggested come first.</summary>
    internal IReadOnlyList<VocabularyTag> Meanings { get; }

    private int FittedSide => InputFitting.FittedSide(Manifest.Network.InputSide);

    /// <summary>Loads the description of <c>models/&lt;version&gt;</c>.</summary>
    /// <param name="store">The store.</param>
    /// <param name="version">The model's version.</param>
    /// <param name="cancellation">Stops the loading.</param>
    /// <exception cref="FileNotFoundException">No finished model is there.</exception>
    /// <exception cref="InvalidDataException">A file's hash differs from model.json, or the files disagree.</exception>
    public static async Task<ModelDescription> LoadAsync(ObjectStore store, string version, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var folder = ModelFiles.Folder(version);
        var key = $"{folder}/{ModelFiles.Manifest}";
        var manifest = await store.ReadJsonAsync<ModelManifest>(key, cancellation)
            ?? throw new FileNotFoundException($"No finished model in {store.LocationOf(folder)}: {ModelFiles.Manifest} is missing. Train one, or let its training finish.", key);
        if (manifest.FormatVersion is < 1 or > ModelFiles.FormatVersion)
            throw new InvalidDataException($"{store.LocationOf(key)} has format {manifest.FormatVersion}, this program reads 1 to {ModelFiles.FormatVersion}.");
        if (manifest.Network.Fitting != InputFitting.Version)
            throw new InvalidDataException($"{store.LocationOf(key)}: the model learned from pictures fitted by rule {manifest.Network.Fitting}, this program fits them by rule {InputFitting.Version}, so that it would see other ones. Train again.");
        foreach (var file in manifest.Files.Where(file => file.Path != ModelFiles.Weights)) await VerifyAsync(store, $"{folder}/{file.Path}", file.Sha256, cancellation);
        var vocabulary = await ReadAsync<VocabularyFile>(store, $"{folder}/{ModelFiles.Vocabulary}", cancellation);
        var thresholds = await ReadAsync<ThresholdsFile>(store, $"{folder}/{ModelFiles.Thresholds}", cancellation);
        if (vocabulary.Tags.Count != manifest.Network.Meanings || thresholds.Accept.Count != manifest.Network.Tags || (thresholds.Tags is { } calibrations && calibrations.Count != manifest.Network.Tags))
            throw new InvalidDataException($"{store.LocationOf(folder)}: the network has {manifest.Network.Meanings} meanings and {manifest.Network.Tags} tags, the vocabulary {vocabulary.Tags.Count}, the thresholds {thresholds.Accept.Count}.");
        if (thresholds.Curve is { IsValid: false })
            throw new InvalidDataException($"{store.LocationOf($"{folder}/{ModelFiles.Thresholds}")}: the points of its curve do not rise. The model is damaged; train again or restore it.");
        return new ModelDescription(manifest, vocabulary, thresholds);
    }

    /// <summary>Calibrated probabilities of the tags from the network's logits, in vocabulary order.</summary>
    internal float[] Probabilities(ReadOnlySpan<float> logits)
    {
        var probabilities = new float[logits.Length];
        _thresholds.Probabilities(logits, probabilities);
        return probabilities;
    }

    /// <summary>Brings an image of any size to the form that <see cref="StickerModel.PredictFitted"/> takes.</summary>
    public byte[] Fit(RasterImage image) => InputFitting.Fit(image, FittedSide);

    /// <summary>Bytes of what <see cref="Fit"/> makes.</summary>
    internal int FittedLength => FittedSide * FittedSide * 4;

    /// <summary>As <see cref="Fit"/>, into an array of <see cref="FittedLength"/> bytes.</summary>
    internal byte[] FitInto(RasterImage image, byte[] fitted)
    {
        InputFitting.FitInto(image, FittedSide, fitted);
        return fitted;
    }

    /// <summary>The tags worth suggesting for these scores, best first.</summary>
    public IReadOnlyList<TagSuggestion> Suggest(ReadOnlySpan<float> scores)
    {
        if (scores.Length != Vocabulary.Count) throw new ArgumentException($"{Vocabulary.Count} scores expected, found {scores.Length}.", nameof(scores));
        var suggestions = new List<TagSuggestion>();
        for (var t = 0; t < scores.Length; t++)
        {
            if (scores[t] >= _thresholds.Accept[t]) suggestions.Add(new TagSuggestion(Vocabulary[t], scores[t], SuggestionDecision.Accept));
            else if (scores[t] >= _thresholds.Review) suggestions.Add(new TagSuggestion(Vocabulary[t], scores[t], SuggestionDecision.Review));
        }
        return [.. suggestions.OrderByDescending(s => s.Score).ThenBy(s => s.Tag, StringComparer.Ordinal).Take(MaxSuggestions)];
    }

    /// <summary>What makes the binary code of a visual vector, read from the weights without loading the network; null where the model has no head for it.</summary>
    /// <param name="store">The store that the description is from.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="FileNotFoundException">The weights are gone.</exception>
    /// <exception cref="InvalidDataException">The weights are damaged.</exception>
    public async Task<CodeMap?> ReadCodeMapAsync(ObjectStore store, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (Manifest.Network.CodeBits == 0) return null;
        await VerifyWeightsAsync(store, cancellation);
        using var weights = await store.FetchAsync($"{ModelFiles.Folder(Manifest.Version)}/{ModelFiles.Weights}", cancellation);
        return CodeMapOf(new NetworkWeights(Manifest.Network, SafeTensors.Read(weights.Path).Tensors, store.LocationOf($"{ModelFiles.Folder(Manifest.Version)}/{ModelFiles.Weights}")));
    }

    /// <summary>As <see cref="ReadCodeMapAsync"/>, of weights that are read.</summary>
    internal CodeMap? CodeMapOf(NetworkWeights weights) => Manifest.Network.CodeBits is > 0 and var bits
        ? new CodeMap(weights.Values("code_head.weight", bits, Manifest.Network.VisualDimension).ToArray(), weights.Values("code_head.bias", bits).ToArray())
        : null;

    /// <summary>Compares the weights with their hash in the manifest.</summary>
    internal Task VerifyWeightsAsync(ObjectStore store, CancellationToken cancellation) => VerifyAsync(
        store, $"{ModelFiles.Folder(Manifest.Version)}/{ModelFiles.Weights}", Manifest.Files.Single(file => file.Path == ModelFiles.Weights).Sha256, cancellation);

    private static async Task<T> ReadAsync<T>(ObjectStore store, string key, CancellationToken cancellation) where T : class =>
        await store.ReadJsonAsync<T>(key, cancellation) ?? throw Missing(store, key);

    private static async Task VerifyAsync(ObjectStore store, string key, string expected, CancellationToken cancellation)
    {
        using var file = await FetchAsync(store, key, cancellation);
        await using var stream = File.OpenRead(file.Path);
        var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
        if (found != expected) throw new InvalidDataException($"{store.LocationOf(key)} has SHA-256 {found}, its manifest says {expected}. The model is damaged; train again or restore it.");
    }

    private static async Task<LocalFile> FetchAsync(ObjectStore store, string key, CancellationToken cancellation)
    {
        try
        {
            return await store.FetchAsync(key, cancellation);
        }
        catch (FileNotFoundException)
        {
            throw Missing(store, key);
        }
    }

    private static FileNotFoundException Missing(ObjectStore store, string key) => new($"{store.LocationOf(key)} is missing although the model's manifest lists it.", key);
}
