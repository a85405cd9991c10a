using System.Text.Json;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Training;

/// <summary>Chooses the vocabulary and the rows from a catalogue and fits their images into one file beside the checkpoint.</summary>
internal sealed class TrainingSetBuilder(StickerCatalogue catalogue, TrainingOptions options, string folder)
{
    /// <summary>More training stickers than this are sampled down, so that the image file and the visual memory stay bounded.</summary>
    private const int MaximumStickers = 500_000;

    private const int DecodeBatch = 256;

    private string ImageFile => Path.Combine(folder, "fitted.rgba");

    private string RowsFile => Path.Combine(folder, "rows.json");

    /// <summary>rows.json, written after the images.</summary>
    private sealed record Saved(string CatalogueHash, string Choice, int FittedSide, TrainingVocabulary Vocabulary, IReadOnlyList<TrainingRow> Rows);

    /// <summary>Opens what an interrupted run left when it fits, else builds it.</summary>
    public async Task<TrainingSet> OpenAsync(IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var side = InputFitting.FittedSide(options.InputSide);
        // What tags mean may be edited between runs of the same catalogue.
        var (vocabulary, labels) = await ReadLabelsAsync(progress, cancellation);
        var choice = ContentHash.Of([$"fit {InputFitting.Version}", options.SplitBy.ToString(), catalogue.Vocabulary.ContentHash, .. vocabulary.Meanings]);
        if (File.Exists(RowsFile))
        {
            using var stream = File.OpenRead(RowsFile);
            var saved = JsonSerializer.Deserialize<Saved>(stream);
            if (saved is not null && saved.CatalogueHash == catalogue.ContentHash && saved.Choice == choice && saved.FittedSide == side)
                return new TrainingSet(ImageFile, side, vocabulary, saved.Rows);
        }

        var rows = await FitImagesAsync(labels, side, progress, cancellation);
        var temporary = RowsFile + ".tmp";
        await File.WriteAllBytesAsync(temporary, JsonSerializer.SerializeToUtf8Bytes(new Saved(catalogue.ContentHash, choice, side, vocabulary, rows)), cancellation);
        File.Move(temporary, RowsFile, overwrite: true);
        return new TrainingSet(ImageFile, side, vocabulary, rows);
    }

    private async Task<(TrainingVocabulary Vocabulary, Dictionary<long, TrainingRow> Labels)> ReadLabelsAsync(IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var candidates = new List<(long Id, SplitPart Part, IReadOnlyList<string> Tags, int Group)>();
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        var read = 0;
        await foreach (var sticker in catalogue.ReadAsync(images: false, cancellation))
        {
            if (++read % 1000 == 0) progress?.Report(new JobProgress("labels", read, catalogue.Manifest.Written, "stickers"));
            var part = StickerSplit.Of(sticker, options.SplitBy);
            if (part == SplitPart.Test) continue;
            var tags = catalogue.Vocabulary.TagsOf(sticker);
            if (tags.Count == 0) continue;
            if (part == SplitPart.Train)
            {
                foreach (var tag in tags) counts[tag] = counts.GetValueOrDefault(tag) + 1;
            }
            var groupKey = sticker.DuplicateGroup ?? sticker.Key;
            if (!groups.TryGetValue(groupKey, out var group)) groups[groupKey] = group = groups.Count;
            candidates.Add((sticker.Id.Value, part, tags, group));
        }

        var meanings = counts.Where(c => c.Value >= options.MinimumMeaningSupport)
            .OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal)
            .Take(options.MaximumMeanings).ToArray();
        var vocabulary = new TrainingVocabulary(
            [.. meanings.Select(m => m.Key)], [.. meanings.Select(m => m.Value)], meanings.Count(m => m.Value >= options.MinimumSupport));
        if (vocabulary.TagCount == 0)
        {
            throw new InvalidDataException(
                $"Catalogue '{catalogue.Name}' has no tag with at least {options.MinimumSupport} training stickers ({counts.Count} distinct tags seen). Lower the minimum support or import more labelled stickers.");
        }

        var index = vocabulary.Meanings.Select((tag, i) => (tag, i)).ToDictionary(t => t.tag, t => t.i, StringComparer.Ordinal);
        var labels = new Dictionary<long, TrainingRow>();
        // Ids are hashes of keys: the smallest are a uniform sample.
        foreach (var (id, part, tags, group) in candidates.OrderBy(c => c.Id))
        {
            int[] known = [.. tags.Where(index.ContainsKey).Select(t => index[t]).Order()];
            if (known.Length == 0) continue;
            labels[id] = new TrainingRow(part, known, StickerAugmenter.MayMirror(tags), group);
            if (labels.Count == MaximumStickers) break;
        }
        return (vocabulary, labels);
    }

    private async Task<List<TrainingRow>> FitImagesAsync(Dictionary<long, TrainingRow> labels, int side, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var rows = new List<TrainingRow>(labels.Count);
        var done = 0;
        var pending = new List<(Sticker Sticker, TrainingRow Row)>(DecodeBatch);
        await using (var file = new FileStream(ImageFile, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            async Task FlushAsync()
            {
                var fitted = new byte[]?[pending.Count];
                Parallel.For(0, pending.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
                {
                    try
                    {
                        fitted[i] = InputFitting.Fit(ImageDecoder.Decode(pending[i].Sticker.Image.Span, StickerModel.DecodeSide), side);
                    }
                    catch (ImageException)
                    {
                        // The import decoded every image once; one that fails now is left out of training, not out of the catalogue.
                        fitted[i] = null;
                    }
                });
                for (var i = 0; i < fitted.Length; i++)
                {
                    if (fitted[i] is not { } image) continue;
                    await file.WriteAsync(image, cancellation);
                    rows.Add(pending[i].Row);
                }
                done += pending.Count;
                pending.Clear();
                progress?.Report(new JobProgress("decode", done, labels.Count, "stickers"));
            }

            await foreach (var sticker in catalogue.ReadAsync(images: true, cancellation))
            {
                if (!labels.TryGetValue(sticker.Id.Value, out var row)) continue;
                pending.Add((sticker, row));
                if (pending.Count == DecodeBatch) await FlushAsync();
            }
            await FlushAsync();
        }
        return rows;
    }
}
