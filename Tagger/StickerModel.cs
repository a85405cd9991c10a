using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Storage;
using Stickers.Tagger.EightBit;
using Stickers.Tagger.Explaining;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;

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

    private readonly NetworkWeights _weights;
    private readonly Lazy<StickerNet> _net;
    private readonly Inference _inference;
    private readonly Dictionary<string, int> _tagIndex;
    private readonly float[] _tagVectors;

    private StickerModel(ModelDescription description, NetworkWeights weights, CodeMap? codeMap)
    {
        (Description, _weights, CodeMap) = (description, weights, codeMap);
        _tagIndex = description.Meanings.Select((t, i) => (t.Tag, i)).ToDictionary(t => t.Tag, t => t.i, StringComparer.Ordinal);
        _tagVectors = weights.Values("tag_vectors", weights.Shape.Meanings, weights.Shape.SemanticDimension).ToArray();
        EightBitNetwork.Unit(_tagVectors, weights.Shape.SemanticDimension);
        _net = new Lazy<StickerNet>(FoldedNet);
        _inference = weights.Ranges is null ? new Inference(_net.Value) : new Inference(weights);
    }

    /// <summary>All but the network.</summary>
    public ModelDescription Description { get; }

    /// <inheritdoc cref="ModelDescription.Manifest"/>
    public ModelManifest Manifest => Description.Manifest;

    /// <summary>Version, the folder's name.</summary>
    public string Version => Manifest.Version;

    /// <inheritdoc cref="ModelDescription.ContentHash"/>
    public string ContentHash => Description.ContentHash;

    /// <inheritdoc cref="ModelDescription.Vocabulary"/>
    public IReadOnlyList<string> Vocabulary => Description.Vocabulary;

    /// <inheritdoc cref="ModelDescription.Support"/>
    public IReadOnlyList<int> Support => Description.Support;

    /// <inheritdoc cref="ModelDescription.AcceptThresholds"/>
    public IReadOnlyList<float> AcceptThresholds => Description.AcceptThresholds;

    /// <summary>Length of a visual vector.</summary>
    public int VisualDimension => Manifest.Network.VisualDimension;

    /// <summary>Makes the binary code of a visual vector; null in models that have no head for it.</summary>
    public CodeMap? CodeMap { get; }

    /// <summary>Length of a semantic vector.</summary>
    public int SemanticDimension => Manifest.Network.SemanticDimension;

    /// <summary>Loads <c>models/&lt;version&gt;</c> of a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="version">The model's version.</param>
    /// <param name="cancellation">Stops the loading.</param>
    /// <exception cref="FileNotFoundException">No finished model is there.</exception>
    /// <exception cref="InvalidDataException">A file's hash differs from model.json, or weights and configuration disagree.</exception>
    public static async Task<StickerModel> LoadAsync(ObjectStore store, string version, CancellationToken cancellation = default) =>
        await LoadAsync(store, await ModelDescription.LoadAsync(store, version, cancellation), cancellation);

    /// <summary>Loads the network of a model whose description is known.</summary>
    /// <param name="store">The store that the description is from.</param>
    /// <param name="description">The rest of the model.</param>
    /// <param name="cancellation">Stops the loading.</param>
    /// <exception cref="FileNotFoundException">The weights are gone.</exception>
    /// <exception cref="InvalidDataException">The weights' hash differs from model.json, or weights and configuration disagree.</exception>
    public static async Task<StickerModel> LoadAsync(ObjectStore store, ModelDescription description, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(description);
        await description.VerifyWeightsAsync(store, cancellation);
        return await LoadVerifiedAsync(store, description, cancellation);
    }

    /// <summary>Loads a network whose weights are known to be whole (<see cref="ModelDescription.VerifyWeightsAsync"/>).</summary>
    internal static async Task<StickerModel> LoadVerifiedAsync(ObjectStore store, ModelDescription description, CancellationToken cancellation)
    {
        using var weights = await store.FetchAsync($"{ModelFiles.Folder(description.Manifest.Version)}/{ModelFiles.Weights}", cancellation);
        var (tensors, _) = SafeTensors.Read(weights.Path);
        var learned = new NetworkWeights(description.Manifest.Network, tensors, store.LocationOf($"{ModelFiles.Folder(description.Manifest.Version)}/{ModelFiles.Weights}"));
        return new StickerModel(description, learned, description.CodeMapOf(learned));
    }

    /// <summary>This model as it was when thresholds were chosen, with nothing learned from validation stickers, so that it can be measured on them. The caller disposes both.</summary>
    internal StickerModel WithoutValidation() => new(Description, _weights.WithoutValidation(), CodeMap);

    /// <summary>Runs the network on a batch (1 to 256 images) in the order given.</summary>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<RasterImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var fitted = new byte[images.Count][];
        Parallel.For(0, images.Count, i => fitted[i] = Description.Fit(images[i]));
        return PredictFitted(fitted);
    }

    /// <summary>Runs the network on a batch (1 to 256 images) of what <see cref="ModelDescription.Fit"/> made, in the order given.</summary>
    public IReadOnlyList<Prediction> PredictFitted(IReadOnlyList<byte[]> fitted)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        var raw = _inference.Run(fitted.Count, InputFitting.FittedSide(Manifest.Network.InputSide), i => fitted[i]);
        var predictions = new Prediction[fitted.Count];
        for (var i = 0; i < predictions.Length; i++)
        {
            predictions[i] = new Prediction(
                Description.Probabilities(raw.TagLogits.AsSpan(i * Vocabulary.Count, Vocabulary.Count)),
                raw.Visual.AsSpan(i * VisualDimension, VisualDimension).ToArray(),
                raw.Semantic.AsSpan(i * SemanticDimension, SemanticDimension).ToArray());
        }
        return predictions;
    }

    /// <summary>Where an image shows some tags.</summary>
    /// <param name="image">The image, of an animation one frame.</param>
    /// <param name="tags">Tags of <see cref="Vocabulary"/>.</param>
    /// <param name="side">Parts on a side of the image, at least 1.</param>
    /// <returns>For each tag side x side values, row-major, 0 to 1: the part that speaks most for it has 1, and what is empty or does not speak for it 0.</returns>
    /// <exception cref="ArgumentException">A tag is not in the vocabulary.</exception>
    public IReadOnlyList<float[]> Heat(RasterImage image, IReadOnlyList<string> tags, int side)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(tags);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        if (tags.FirstOrDefault(tag => PlaceOf(tag) < 0) is { } unknown) throw new ArgumentException($"Model '{Version}' does not suggest '{unknown}'.", nameof(tags));
        return HeatMap.Of(_net.Value, image, Description.Fit(image), [.. tags.Select(PlaceOf)], side);
    }

    /// <summary>Place of a tag in the vocabulary, or -1.</summary>
    private int PlaceOf(string tag) => _tagIndex.TryGetValue(tag, out var place) && place < Vocabulary.Count ? place : -1;

    /// <inheritdoc cref="ModelDescription.Suggest"/>
    public IReadOnlyList<TagSuggestion> Suggest(ReadOnlySpan<float> scores) => Description.Suggest(scores);

    /// <summary>Unit vector of a tag in the semantic space, or null for an unknown tag. More tags have one than are suggested.</summary>
    public float[]? TagVector(string tag) =>
        _tagIndex.TryGetValue(tag, out var index) ? _tagVectors.AsSpan(index * SemanticDimension, SemanticDimension).ToArray() : null;

    private StickerNet FoldedNet()
    {
        var net = _weights.ToNet();
        net.eval();
        net.Fold();
        return net;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_net.IsValueCreated) _net.Value.Dispose();
    }
}
