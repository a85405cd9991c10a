using System.Globalization;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Storage;
using Stickers.Tagger;
using Stickers.Tagger.Models;

namespace Stickers.TaggerBench;

/// <summary>Writes a catalogue as peers read it, in the split and with the tags of a model.</summary>
internal static class PeerData
{
    /// <summary>
    /// <c>pictures/&lt;id&gt;</c>: the files as they are. <c>fitted.rgba</c>: each trimmed and fitted as the model has it, premultiplied. <c>rows.txt</c>: of each its side of the split (0 to
    /// learn from, 1 validation, 2 test) and its tags' places in the vocabulary. <c>tags.txt</c>: their number.
    /// </summary>
    public static async Task<int> WriteAsync(string root, string catalogueName, string model, string folder)
    {
        var store = ObjectStore.Open(root);
        var catalogue = await StickerCatalogue.OpenAsync(store, catalogueName);
        var description = await ModelDescription.LoadAsync(store, model);
        var places = description.Vocabulary.Select((tag, place) => (tag, place)).ToDictionary(pair => pair.tag, pair => pair.place, StringComparer.Ordinal);
        Directory.CreateDirectory(Path.Combine(folder, "pictures"));
        await using var fitted = File.Create(Path.Combine(folder, "fitted.rgba"));
        await using var rows = new StreamWriter(Path.Combine(folder, "rows.txt"));
        var written = 0;
        await foreach (var sticker in catalogue.ReadAsync(images: true))
        {
            await fitted.WriteAsync(description.Fit(ImageDecoder.Decode(sticker.Image.Span, StickerModel.DecodeSide)));
            var tags = catalogue.Vocabulary.TagsOf(sticker).Where(places.ContainsKey).Select(tag => places[tag]).Order();
            await rows.WriteLineAsync(string.Join(' ', tags.Prepend((int)StickerSplit.Of(sticker, description.Manifest.SplitBy))));
            await File.WriteAllBytesAsync(Path.Combine(folder, "pictures", $"{sticker.Id}{Path.GetExtension(sticker.ImagePath)}"), sticker.Image);
            written++;
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "tags.txt"), places.Count.ToString(CultureInfo.InvariantCulture));
        Console.WriteLine($"{written:N0} stickers, {places.Count} tags in {folder}");
        return 0;
    }
}
