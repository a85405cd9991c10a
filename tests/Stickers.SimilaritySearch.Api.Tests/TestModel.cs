using Stickers.Catalogue;
using Stickers.Storage;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;
using TorchSharp;

namespace Stickers.SimilaritySearch.Api.Tests;

/// <summary>A small network of seeded random weights: it knows nothing, but always the same nothing.</summary>
internal static class TestModel
{
    /// <summary>Writes <c>models/&lt;version&gt;</c>; its vocabulary is the drawn colours and shapes.</summary>
    public static async Task WriteAsync(LocalStore store, string version, CancellationToken cancellation)
    {
        string[] tags = [.. DrawnSticker.All.SelectMany(sticker => new[] { sticker.Colour, sticker.Shape }).Distinct().Order(StringComparer.Ordinal)];
        var network = new NetworkConfiguration { InputSide = 32, Widths = [8, 16, 16, 32], Tags = tags.Length, Meanings = tags.Length, VisualDimension = 32, SemanticDimension = 32 };
        torch.manual_seed(7);
        using var net = new StickerNet(network);
        var vocabulary = new VocabularyFile(ModelFiles.FormatVersion, [.. tags.Select(tag => new VocabularyTag(tag, 1))]);
        // Untrained probabilities lie around one half: some tags are accepted, some are for review.
        var thresholds = new ThresholdsFile(ModelFiles.FormatVersion, PlattScaling.Identity, [.. tags.Select(_ => 0.5f)], 0.3f);
        var manifest = new ModelManifest
        {
            FormatVersion = ModelFiles.FormatVersion,
            Version = version,
            Network = network,
            Catalogue = "drawn",
            CatalogueHash = "c0",
            SplitBy = SplitBy.Creator,
            Seed = 7,
            Steps = 0,
            BatchSize = 1,
            TrainingSeconds = 0,
            TrainingStickers = 0,
            ValidationStickers = 0,
            Files = [],
        };
        await ModelFiles.WriteAsync(store, net, vocabulary, thresholds, manifest, cancellation);
    }
}
