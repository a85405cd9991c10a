using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.Pipeline.Observing;
using Stickers.Storage;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Training;

/// <summary>Chooses the vocabulary and the rows from a catalogue and has their images fitted, by all ranks together.</summary>
/// <param name="store">Holds the fitted images until the training is over.</param>
/// <param name="catalogue">The catalogue.</param>
/// <param name="options">The training's options.</param>
/// <param name="group">The ranks.</param>
/// <param name="reviews">What people decided on suggestions; null for nothing.</param>
internal sealed class TrainingSetBuilder(ObjectStore store, StickerCatalogue catalogue, TrainingOptions options, StageGroup group, ReviewedLabels? reviews = null)
{
    /// <summary>More training stickers than this are sampled down, so that the images and the visual memory stay bounded.</summary>
    private const int MaximumStickers = 500_000;

    /// <summary>Opens what an interrupted run left when it fits, else builds it. Collective.</summary>
    public async Task<TrainingSet> OpenAsync(IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var side = InputFitting.FittedSide(options.InputSide);
        // What tags mean may be edited between runs of the same catalogue.
        var (vocabulary, labels) = await ReadLabelsAsync(progress, cancellation);
        var choice = ContentHash.Of([$"fit {InputFitting.Version}", "all validation stickers", $"{side}", options.SplitBy.ToString(), catalogue.ContentHash, catalogue.Vocabulary.ContentHash, reviews?.Hash ?? "", .. vocabulary.Meanings]);
        // Another choice is another set: what an interrupted training left of it goes when this one is over.
        var folder = $"{FolderOf(options.Version)}/{choice[..12]}";
        await group.RunAsync(new FittingJob(catalogue, labels, side, choice), store, folder, progress is null ? null : new Decoded(progress, labels.Count), cancellation);
        var made = (await store.ReadJsonAsync<JobManifest>($"{folder}/output.json", cancellation))!;
        var parts = new List<LocalFile>();
        foreach (var file in made.Files.Where(file => file.Path.StartsWith("part-", StringComparison.Ordinal))) parts.Add(await store.FetchAsync($"{folder}/{file.Path}", cancellation));
        return new TrainingSet(parts, side, vocabulary, labels);
    }

    /// <summary>Deletes all sets that trainings of a model have left.</summary>
    public static Task DeleteAsync(ObjectStore store, string version, CancellationToken cancellation) =>
        store.DeleteFolderAsync(WorkFolderOf(version), cancellation);

    private static string FolderOf(string version) => $"{WorkFolderOf(version)}/images";

    private static string WorkFolderOf(string version) => $"{ModelFiles.Folder(version)}/{Trainer.WorkFolder}";

    private async Task<(TrainingVocabulary Vocabulary, Dictionary<long, TrainingRow> Labels)> ReadLabelsAsync(IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var candidates = new List<(long Id, SplitPart Part, IReadOnlyList<string> Tags, IReadOnlyList<string> Refused, int Group, int Creator)>();
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        var creators = new Dictionary<string, int>(StringComparer.Ordinal);
        var (read, validation, unlabelled) = (0, 0, 0);
        await foreach (var sticker in catalogue.ReadAsync(images: false, cancellation))
        {
            if (++read % 1000 == 0) progress?.Report(new JobProgress("labels", read, catalogue.Manifest.Written, "stickers"));
            var part = StickerSplit.Of(sticker, options.SplitBy);
            if (part == SplitPart.Test) continue;
            var tags = catalogue.Vocabulary.TagsOf(sticker);
            IReadOnlyList<string> refused = [];
            if (reviews is not null)
            {
                var (accepted, rejected) = reviews.Of(sticker.Id, catalogue.Vocabulary);
                // What a creator says of the sticker stands above what anybody says of a suggestion.
                refused = [.. rejected.Except(tags).Except(accepted)];
                tags = [.. tags.Union(accepted)];
            }

            var labelled = tags.Count + refused.Count > 0;
            if (part == SplitPart.Validation) (validation, unlabelled) = (validation + 1, unlabelled + (labelled ? 0 : 1));
            else if (!labelled) continue;
            if (part == SplitPart.Train)
            {
                foreach (var tag in tags) counts[tag] = counts.GetValueOrDefault(tag) + 1;
            }
            candidates.Add((sticker.Id.Value, part, tags, refused, Number(groups, sticker.DuplicateGroup ?? sticker.Key), Number(creators, sticker.Creator is "" ? $"sticker {sticker.Key}" : $"creator {sticker.Creator}")));
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

        // Where most stickers have no tag at all, that of one says that nobody looked; where few have none, that there was nothing to say.
        var keepUnlabelled = 2 * unlabelled <= validation;
        var index = vocabulary.Meanings.Select((tag, i) => (tag, i)).ToDictionary(t => t.tag, t => t.i, StringComparer.Ordinal);
        var labels = new Dictionary<long, TrainingRow>();
        // Ids are hashes of keys: the smallest are a uniform sample.
        foreach (var (id, part, tags, refused, group, creator) in candidates.OrderBy(c => c.Id))
        {
            int[] known = [.. tags.Where(index.ContainsKey).Select(t => index[t]).Order()];
            int[] negative = [.. refused.Where(index.ContainsKey).Select(t => index[t]).Where(t => t < vocabulary.TagCount).Order()];
            if (part == SplitPart.Validation ? tags.Count + refused.Count == 0 && !keepUnlabelled : known.Length + negative.Length == 0) continue;
            labels[id] = new TrainingRow(part, known, StickerAugmenter.MayMirror(tags), group) { Refused = negative, Creator = creator };
            if (labels.Count == MaximumStickers) break;
        }
        return (vocabulary, labels);
    }

    private static int Number(Dictionary<string, int> numbers, string name)
    {
        if (!numbers.TryGetValue(name, out var number)) numbers[name] = number = numbers.Count;
        return number;
    }

    private sealed class Decoded(IProgress<JobProgress> progress, int stickers) : IProgress<JobStatus>
    {
        public void Report(JobStatus value) => progress.Report(new JobProgress("decode", value.Stages[(int)StageKind.Sink].Items, stickers, "stickers"));
    }
}
