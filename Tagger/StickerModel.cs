using System.Security.Cryptography;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Storage;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;
using static TorchSharp.torch;

namespace Stickers.Tagger;

/// <summary>What the network says of one image.</summary>
/// <param name="Scores">Calibrated probability of each vocabulary tag, in vocabulary order, 0 to 1.</param>
/// <param name="Visual">Unit vector: what it looks like.</param>
/// <param name="Semantic">Unit vector in the space of <see cref="StickerModel.TagVector"/>: what it means.</param>
public sealed record Prediction(float[] Scores, float[] Visual, float[] Semantic);

/// <summary>A suggested tag.</summary>
/// <param name="Tag">Canonical tag.</param>
/// <param name="Score">Calibrated probability, 0 to 1.</param>
/// <param name="Decision">Accept at or above the tag's threshold, else review.</param>
public sealed record TagSuggestion(string Tag, float Score, SuggestionDecision Decision);

/// <summary>
/// A trained model with all that its weights need: input configuration, vocabulary, tag vectors, calibration, thresholds.
/// Thread-safe. Images of any size go in: fitting them to the network's
/// input is the model's business.
/// </summary>
public sealed class StickerModel : IDisposable
{
    /// <summary>Longest side to decode images at: larger only costs time.</summary>
    public const int DecodeSide = 160;

    /// <summary>Most suggestions a sticker gets.</summary>
    private const int MaxSuggestions = 10;

    private readonly StickerNet _net;
    private readonly Inference _inference;
    private readonly ThresholdsFile _thresholds;
    private readonly Dictionary<string, int> _tagIndex;
    private readonly float[] _tagVectors;

    private StickerModel(ModelManifest manifest, VocabularyFile vocabulary, ThresholdsFile thresholds, StickerNet net)
    {
        Manifest = manifest;
        Support = [.. vocabulary.Tags.Take(manifest.Network.Tags).Select(t => t.Support)];
        Vocabulary = [.. vocabulary.Tags.Take(manifest.Network.Tags).Select(t => t.Tag)];
        _thresholds = thresholds;
        _net = net;
        _inference = new Inference(net);
        _tagIndex = vocabulary.Tags.Select((t, i) => (t.Tag, i)).ToDictionary(t => t.Tag, t => t.i, StringComparer.Ordinal);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        _tagVectors = net.TagVectors.data<float>().ToArray();
    }

    /// <summary>What the model is and what it was made from.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Version, the folder's name.</summary>
    public string Version => Manifest.Version;

    /// <summary>Hash over all files that decide an output.</summary>
    public string ContentHash => Manifest.ContentHash;

    /// <summary>The tags that the model suggests, in the order of <see cref="Prediction.Scores"/>.</summary>
    public IReadOnlyList<string> Vocabulary { get; }

    /// <summary>Training stickers per tag, in vocabulary order.</summary>
    public IReadOnlyList<int> Support { get; }

    /// <summary>Per tag the calibrated probability from which a suggestion is accepted.</summary>
    public IReadOnlyList<float> AcceptThresholds => _thresholds.Accept;

    /// <summary>Length of a visual vector.</summary>
    public int VisualDimension => Manifest.Network.VisualDimension;

    /// <summary>Length of a semantic vector.</summary>
    public int SemanticDimension => Manifest.Network.SemanticDimension;

    /// <summary>Loads <c>models/&lt;version&gt;</c> of a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="version">The model's version.</param>
    /// <param name="cancellation">Stops the loading.</param>
    /// <exception cref="FileNotFoundException">No finished model is there.</exception>
    /// <exception cref="InvalidDataException">A file's hash differs from model.json, or weights and configuration disagree.</exception>
    public static async Task<StickerModel> LoadAsync(ObjectStore store, string version, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var folder = ModelFiles.Folder(version);
        var key = $"{folder}/{ModelFiles.Manifest}";
        var manifest = await store.ReadJsonAsync<ModelManifest>(key, cancellation)
            ?? throw new FileNotFoundException($"No finished model in {store.LocationOf(folder)}: {ModelFiles.Manifest} is missing. Train one, or let its training finish.", key);
        if (manifest.FormatVersion != ModelFiles.FormatVersion)
            throw new InvalidDataException($"{store.LocationOf(key)} has format {manifest.FormatVersion}, this program reads {ModelFiles.FormatVersion}.");
        foreach (var file in manifest.Files) await VerifyAsync(store, $"{folder}/{file.Path}", file.Sha256, cancellation);
        var vocabulary = await ReadAsync<VocabularyFile>(store, $"{folder}/{ModelFiles.Vocabulary}", cancellation);
        var thresholds = await ReadAsync<ThresholdsFile>(store, $"{folder}/{ModelFiles.Thresholds}", cancellation);
        if (vocabulary.Tags.Count != manifest.Network.Meanings || thresholds.Accept.Count != manifest.Network.Tags)
            throw new InvalidDataException($"{store.LocationOf(folder)}: the network has {manifest.Network.Meanings} meanings and {manifest.Network.Tags} tags, the vocabulary {vocabulary.Tags.Count}, the thresholds {thresholds.Accept.Count}.");

        using var weights = await store.FetchAsync($"{folder}/{ModelFiles.Weights}", cancellation);
        var net = new StickerNet(manifest.Network);
        try
        {
            var (tensors, _) = SafeTensors.Read(weights.Path);
            FlatParameters.Of(net).Load(tensors, weights.Path);
            FlatParameters.BuffersOf(net).Load(tensors, weights.Path);
            return new StickerModel(manifest, vocabulary, thresholds, net);
        }
        catch
        {
            net.Dispose();
            throw;
        }
    }

    /// <summary>Runs the network on a batch (1 to 256 images) in the order given.</summary>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<RasterImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var side = InputFitting.FittedSide(Manifest.Network.InputSide);
        var fitted = new byte[images.Count][];
        Parallel.For(0, images.Count, i => fitted[i] = InputFitting.Fit(images[i], side));
        var raw = _inference.Run(images.Count, side, i => fitted[i]);
        var predictions = new Prediction[images.Count];
        for (var i = 0; i < predictions.Length; i++)
        {
            var scores = raw.TagLogits.AsSpan(i * Vocabulary.Count, Vocabulary.Count).ToArray();
            for (var t = 0; t < scores.Length; t++) scores[t] = _thresholds.Calibration.Probability(scores[t]);
            predictions[i] = new Prediction(
                scores,
                raw.Visual.AsSpan(i * VisualDimension, VisualDimension).ToArray(),
                raw.Semantic.AsSpan(i * SemanticDimension, SemanticDimension).ToArray());
        }
        return predictions;
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

    /// <summary>Unit vector of a tag in the semantic space, or null for an unknown tag. More tags have one than are suggested.</summary>
    public float[]? TagVector(string tag) =>
        _tagIndex.TryGetValue(tag, out var index) ? _tagVectors.AsSpan(index * SemanticDimension, SemanticDimension).ToArray() : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _net.Dispose();
    }

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
