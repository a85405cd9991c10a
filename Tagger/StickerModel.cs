using Stickers.Catalogue;
using Stickers.Catalogue.Images;

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
/// Thread-safe; concurrent calls are served one after the other. Images of any size go in: fitting them to the network's
/// input is the model's business.
/// </summary>
public sealed class StickerModel : IDisposable
{
    /// <summary>Longest side to decode images at: larger only costs time.</summary>
    public const int DecodeSide = 160;

    /// <summary>Loads <c>models/&lt;version&gt;</c>.</summary>
    /// <param name="directory">The model's folder.</param>
    /// <exception cref="FileNotFoundException">No finished model is there.</exception>
    /// <exception cref="InvalidDataException">A file's hash differs from model.json, or weights and configuration disagree.</exception>
    public static StickerModel Load(string directory) => throw new NotImplementedException();

    /// <summary>Version, the folder's name.</summary>
    public string Version => throw new NotImplementedException();

    /// <summary>Hash over all files that decide an output.</summary>
    public string ContentHash => throw new NotImplementedException();

    /// <summary>The tags that the model knows, in order.</summary>
    public IReadOnlyList<string> Vocabulary => throw new NotImplementedException();

    /// <summary>Length of a visual vector.</summary>
    public int VisualDimension => throw new NotImplementedException();

    /// <summary>Length of a semantic vector.</summary>
    public int SemanticDimension => throw new NotImplementedException();

    /// <summary>Runs the network on a batch (1 to 256 images) in the order given.</summary>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<RasterImage> images) => throw new NotImplementedException();

    /// <summary>The tags worth suggesting for these scores, best first.</summary>
    public IReadOnlyList<TagSuggestion> Suggest(ReadOnlySpan<float> scores) => throw new NotImplementedException();

    /// <summary>Unit vector of a vocabulary tag in the semantic space, or null for an unknown tag.</summary>
    public float[]? TagVector(string tag) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
