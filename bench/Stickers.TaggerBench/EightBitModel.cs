using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Storage;
using Stickers.Tagger;
using Stickers.Tagger.EightBit;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;

namespace Stickers.TaggerBench;

/// <summary>Gives a model of an older format ranges of activations, so that the same weights can be measured in float32 and in 8 bits.</summary>
internal static class EightBitModel
{
    /// <summary>Stickers whose activations are looked at.</summary>
    private const int Stickers = 256;

    /// <summary>Writes model <paramref name="version"/>: the weights, tags and thresholds of another, and ranges chosen on stickers that it learned from.</summary>
    public static async Task<int> WriteAsync(string root, string catalogueName, string model, string version)
    {
        var store = ObjectStore.Open(root);
        var description = await ModelDescription.LoadAsync(store, model);
        var catalogue = await StickerCatalogue.OpenAsync(store, catalogueName);
        var fitted = new List<byte[]>();
        var every = Math.Max(1, description.Manifest.TrainingStickers / Stickers);
        var seen = 0;
        await foreach (var sticker in catalogue.ReadAsync(images: true))
        {
            if (StickerSplit.Of(sticker, description.Manifest.SplitBy) != SplitPart.Train || seen++ % every != 0) continue;
            fitted.Add(description.Fit(ImageDecoder.Decode(sticker.Image.Span, StickerModel.DecodeSide)));
        }

        using var net = new StickerNet(description.Manifest.Network);
        var folder = ModelFiles.Folder(model);
        using (var weights = await store.FetchAsync($"{folder}/{ModelFiles.Weights}"))
        {
            var (tensors, _) = SafeTensors.Read(weights.Path);
            FlatParameters.Of(net).Load(tensors, weights.Path);
            FlatParameters.BuffersOf(net).Load(tensors, weights.Path);
        }

        net.Ranges = RangeFit.Of(net, [.. Enumerable.Range(0, fitted.Count)], InputFitting.FittedSide(net.Configuration.InputSide), i => fitted[i]);
        var manifest = description.Manifest with { FormatVersion = ModelFiles.FormatVersion, Version = version };
        await ModelFiles.WriteAsync(
            store, net, (await store.ReadJsonAsync<VocabularyFile>($"{folder}/{ModelFiles.Vocabulary}", default))!, (await store.ReadJsonAsync<ThresholdsFile>($"{folder}/{ModelFiles.Thresholds}", default))!, manifest, default);
        Console.WriteLine($"models/{version}: ranges {string.Join(", ", net.Ranges.Values.Select(range => range.ToString("G4", System.Globalization.CultureInfo.InvariantCulture)))}");
        return 0;
    }
}
