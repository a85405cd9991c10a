using System.Numerics.Tensors;
using Stickers.Catalogue;
using Stickers.Storage;
using Stickers.Tagger;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;
using TorchSharp;

namespace Stickers.SimilaritySearch.Api.Tests;

/// <summary>
/// A small network of seeded random weights, whose tags' vectors are set to the mean of the stickers that carry them: so much does it
/// know of meaning.
/// </summary>
internal static class TestModel
{
    /// <summary>A tag whose vector is the opposite of everything.</summary>
    public const string FarFromAll = "nothing";

    /// <summary>Writes <c>models/&lt;version&gt;</c>; its vocabulary is the drawn colours and shapes, and <see cref="FarFromAll"/>.</summary>
    public static async Task WriteAsync(LocalStore store, string version, CancellationToken cancellation, int seed = 7)
    {
        string[] tags = [.. DrawnSticker.All.SelectMany(sticker => new[] { sticker.Colour, sticker.Shape }).Append(FarFromAll).Distinct().Order(StringComparer.Ordinal)];
        var network = new NetworkConfiguration { InputSide = 32, Widths = [8, 16, 16, 32], Tags = tags.Length, Meanings = tags.Length, VisualDimension = 32, SemanticDimension = 32 };
        torch.manual_seed(seed);
        using var net = new StickerNet(network);
        SpreadLooks(net);
        await WriteAsync(store, version, net, tags, cancellation);
        using (var untaught = await StickerModel.LoadAsync(store, version, cancellation))
        {
            var predictions = untaught.Predict([.. DrawnSticker.All.Select(sticker => sticker.Picture)]);
            SetTagVectors(net, [.. tags.SelectMany(tag => VectorOf(tag, predictions))]);
        }

        await WriteAsync(store, version, net, tags, cancellation);
    }

    /// <summary>An untrained network sees little difference between pictures: what all have in common is taken away from the looks.</summary>
    private static void SpreadLooks(StickerNet net)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var side = net.Configuration.InputSide;
        var fitted = InputFitting.FittedSide(side);
        net.eval();
        var features = net.ForwardFeatures(Inference.InputOf(DrawnSticker.All.Count, fitted, i => InputFitting.Fit(DrawnSticker.All[i].Picture, fitted), side, torch.CPU));
        var parameters = net.named_parameters().ToDictionary(parameter => parameter.name, parameter => parameter.parameter);
        parameters["visual_head.bias"].sub_(features.matmul(parameters["visual_head.weight"].t()).add(parameters["visual_head.bias"]).mean([0]));
    }

    private static float[] VectorOf(string tag, IReadOnlyList<Prediction> predictions)
    {
        var sum = new float[predictions[0].Semantic.Length];
        foreach (var (sticker, prediction) in DrawnSticker.All.Zip(predictions))
        {
            if (tag == FarFromAll || sticker.Colour == tag || sticker.Shape == tag)
                TensorPrimitives.Add(sum, prediction.Semantic, sum);
        }

        if (tag == FarFromAll)
            TensorPrimitives.Negate(sum, sum);
        return sum;
    }

    private static void SetTagVectors(StickerNet net, float[] rows)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var vectors = net.named_parameters().Single(parameter => parameter.name == "tag_vectors").parameter;
        vectors.copy_(torch.tensor(rows).reshape(vectors.shape));
    }

    private static Task<ModelManifest> WriteAsync(LocalStore store, string version, StickerNet net, string[] tags, CancellationToken cancellation)
    {
        var vocabulary = new VocabularyFile(ModelFiles.FormatVersion, [.. tags.Select(tag => new VocabularyTag(tag, 1))]);
        // Untrained probabilities lie around one half: some tags are accepted, some are for review.
        var thresholds = new ThresholdsFile(ModelFiles.FormatVersion, PlattScaling.Identity, [.. tags.Select(_ => 0.5f)], 0.3f);
        var manifest = new ModelManifest
        {
            FormatVersion = ModelFiles.FormatVersion,
            Version = version,
            Network = net.Configuration,
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
        return ModelFiles.WriteAsync(store, net, vocabulary, thresholds, manifest, cancellation);
    }
}
