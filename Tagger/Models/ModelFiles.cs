using Stickers.Storage;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Models;

/// <summary>Names and writing of a model's files.</summary>
internal static class ModelFiles
{
    /// <summary>
    /// Version that is written. Read too are format 1, without calibrations of single tags, 2, without a head for binary codes, 3, without a curve over all tags, 4, with features as they are, 5, without prototypes, 6, without ranges of activations, and 7, with other prototypes.
    /// </summary>
    public const int FormatVersion = 8;
    public const string Weights = "weights.safetensors";
    public const string Vocabulary = "vocabulary.json";
    public const string Thresholds = "thresholds.json";
    public const string Manifest = "model.json";

    /// <summary>Key prefix of a model.</summary>
    public static string Folder(string version) => $"models/{version}";

    /// <summary>Writes weights, vocabulary and thresholds, then the manifest.</summary>
    /// <param name="store">Where.</param>
    /// <param name="net">Trained network.</param>
    /// <param name="vocabulary">Its tags.</param>
    /// <param name="thresholds">Its calibration and thresholds.</param>
    /// <param name="manifest">What it was made from; its files are filled in here.</param>
    /// <param name="cancellation">Stops before the manifest.</param>
    public static async Task<ModelManifest> WriteAsync(
        ObjectStore store, StickerNet net, VocabularyFile vocabulary, ThresholdsFile thresholds, ModelManifest manifest, CancellationToken cancellation)
    {
        var folder = Folder(manifest.Version);
        CommittedFile weights;
        await using (var writer = await store.CreateAsync($"{folder}/{Weights}", cancellation))
        {
            var ranges = net.Ranges is { } known ? new[] { known.ToTensor() } : [];
            SafeTensors.Write(writer.Stream, [.. FlatParameters.Of(net).ToTensors(), .. FlatParameters.BuffersOf(net).ToTensors(), .. ranges], new Dictionary<string, string> { ["format"] = "pt" });
            weights = await writer.CommitAsync(cancellation);
        }
        var files = new[]
        {
            weights with { Path = Weights },
            (await store.WriteJsonAsync($"{folder}/{Vocabulary}", vocabulary, cancellation)) with { Path = Vocabulary },
            (await store.WriteJsonAsync($"{folder}/{Thresholds}", thresholds, cancellation)) with { Path = Thresholds },
        };
        var complete = manifest with { Files = files };
        await store.WriteJsonAsync($"{folder}/{Manifest}", complete, cancellation);
        return complete;
    }
}
