using System.Text;
using Stickers.Catalogue;
using Stickers.Storage;
using Stickers.Tagger.Evaluating;
using Stickers.Tagger.Sheets;

namespace Stickers.Tagger.Labels;

/// <summary>
/// Finds creators' labels that are likely wrong, and likely missing, for a person to look at: nothing is changed. Judged by the embeddings, without the network's scores, which have
/// learned the faulty labels too.
/// </summary>
public static class LabelCheck
{
    private const int FormatVersion = 1;
    private const int PictureSide = 96;
    private const int MostPictures = 120;
    private const int Beside = 4;

    private static readonly int[] Steps = [50, 100, 200, 400, 800, 1600];

    /// <summary>Key of what a check writes, without its ending: <c>.json</c> for programs, <c>.html</c> for people.</summary>
    public static string KeyOf(string model, string catalogue) => $"labels/{model}/{catalogue}/doubts";

    /// <summary>Checks, and writes the report and its contact sheet; a measurement with planted faults writes nothing.</summary>
    /// <exception cref="FileNotFoundException">The catalogue or its embeddings do not exist.</exception>
    /// <exception cref="ArgumentException">An option is out of range; all faults are listed.</exception>
    /// <exception cref="InvalidDataException">The embeddings are of another state of the catalogue, or no tag has enough stickers.</exception>
    public static async Task<LabelReport> RunAsync(ObjectStore store, LabelCheckOptions options, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var catalogue = await StickerCatalogue.OpenAsync(store, options.Catalogue, cancellation);
        var embeddings = await EmbeddingSet.OpenAsync(store, options.Model, options.Catalogue, cancellation);
        if (embeddings.Manifest.CatalogueHash != catalogue.ContentHash)
            throw new InvalidDataException($"The embeddings of catalogue '{options.Catalogue}' are of another state of it: expected hash {catalogue.ContentHash}, they name {embeddings.Manifest.CatalogueHash}. Embed again (stickers embed).");

        var share = Math.Min(1, (double)options.MaxStickers / Math.Max(1, catalogue.Manifest.Written));
        var bound = share >= 1 ? long.MaxValue : (long)(share * long.MaxValue);
        var vectors = await ReadVectorsAsync(embeddings, bound, cancellation);
        var (stickers, written) = await ReadStickersAsync(catalogue, vectors.Rows, cancellation);
        string[] tags = [.. written.SelectMany(own => own).CountBy(tag => tag).Where(tag => tag.Value >= options.MinimumSupport).Select(tag => tag.Key).Order(StringComparer.Ordinal)];
        if (tags.Length == 0) throw new InvalidDataException($"Catalogue '{options.Catalogue}' has no tag with at least {options.MinimumSupport} stickers: there is nothing to check.");
        var index = tags.Index().ToDictionary(tag => tag.Item, tag => tag.Index, StringComparer.Ordinal);
        var labels = new LabelTable();
        foreach (var own in written) labels.Add(own.Where(index.ContainsKey).Select(tag => index[tag]));
        var planted = options.Plant > 0 ? labels.Plant(options.Plant, options.Seed) : default;

        progress?.Report(new JobProgress("compare", 0, stickers.Count, "stickers"));
        string[] duplicates = [.. stickers.Select(sticker => sticker.DuplicateGroup ?? sticker.Key)];
        var neighbours = NeighbourSearch.ByInnerProduct(vectors.Table, vectors.Table, LabelDoubts.Neighbours, (query, row) => duplicates[query] != duplicates[row], cancellation);
        var (wrong, missing) = LabelDoubts.Find(labels, neighbours, [.. stickers.Select(sticker => sticker.Concept ?? sticker.DuplicateGroup ?? sticker.Key)], tags.Length);
        progress?.Report(new JobProgress("compare", stickers.Count, stickers.Count, "stickers"));

        var report = new LabelReport
        {
            FormatVersion = FormatVersion,
            Model = options.Model,
            ModelHash = embeddings.Manifest.ModelHash,
            Catalogue = options.Catalogue,
            CatalogueHash = catalogue.ContentHash,
            TagRulesHash = catalogue.Vocabulary.ContentHash,
            Stickers = stickers.Count,
            Labels = labels.Labels,
            Tags = tags.Length,
            Wrong = [.. wrong.Take(options.Most).Select(Named)],
            Missing = [.. missing.Take(options.Most).Select(Named)],
            PlantedWrong = options.Plant > 0 ? Figures(wrong, planted.Wrong) : null,
            PlantedMissing = options.Plant > 0 ? Figures(missing, planted.Missing) : null,
        };
        if (options.Plant > 0) return report;
        await WriteSheetAsync(store, catalogue, report, cancellation);
        await store.WriteJsonAsync($"{KeyOf(options.Model, options.Catalogue)}.json", report, cancellation);
        return report;

        LabelDoubt Named(Doubt doubt) => new(
            stickers[doubt.Row].Id, stickers[doubt.Row].Key, stickers[doubt.Row].Creator, tags[doubt.Tag], Math.Round(doubt.Score, 4), Math.Round(doubt.Looks, 4), Math.Round(doubt.Usual, 4),
            written[doubt.Row], [.. neighbours[doubt.Row].Take(Beside).Select(neighbour => stickers[neighbour.Row].Id)]);
    }

    /// <summary>Both vectors of each sticker as one, so that what looks alike and means alike is near.</summary>
    private static async Task<(VectorTable Table, Dictionary<StickerId, int> Rows)> ReadVectorsAsync(EmbeddingSet embeddings, long bound, CancellationToken cancellation)
    {
        var table = new VectorTable(embeddings.Manifest.VisualDimension + embeddings.Manifest.SemanticDimension);
        var rows = new Dictionary<StickerId, int>();
        var both = new float[table.Dimension];
        var half = 1 / MathF.Sqrt(2);
        await foreach (var (id, visual, semantic) in embeddings.ReadAsync(cancellation))
        {
            if (id.Value > bound) continue;
            for (var i = 0; i < visual.Length; i++) both[i] = visual[i] * half;
            for (var i = 0; i < semantic.Length; i++) both[visual.Length + i] = semantic[i] * half;
            rows[id] = table.Count;
            table.Add(both);
        }

        return (table, rows);
    }

    private static async Task<(List<Sticker> Stickers, List<IReadOnlyList<string>> Labels)> ReadStickersAsync(StickerCatalogue catalogue, Dictionary<StickerId, int> rows, CancellationToken cancellation)
    {
        var stickers = new Sticker[rows.Count];
        var labels = new IReadOnlyList<string>[rows.Count];
        await foreach (var sticker in catalogue.ReadAsync(images: false, cancellation))
        {
            if (!rows.TryGetValue(sticker.Id, out var row)) continue;
            (stickers[row], labels[row]) = (sticker, catalogue.Vocabulary.TagsOf(sticker));
        }

        return ([.. stickers], [.. labels]);
    }

    private static List<PlantedFigure> Figures(IReadOnlyList<Doubt> doubts, HashSet<(int, int)> planted) =>
        [.. Steps.Append(planted.Count).Distinct().Order().Where(step => step <= doubts.Count)
            .Select(step => new PlantedFigure(step, doubts.Take(step).Count(doubt => planted.Contains((doubt.Row, doubt.Tag))), planted.Count))];

    private static async Task WriteSheetAsync(ObjectStore store, StickerCatalogue catalogue, LabelReport report, CancellationToken cancellation)
    {
        LabelDoubt[] wrong = [.. report.Wrong.Take(MostPictures)], missing = [.. report.Missing.Take(MostPictures)];
        var pictures = await StickerPictures.ReadAsync(catalogue, wrong.Concat(missing).SelectMany(doubt => doubt.Neighbours.Append(doubt.Id)).ToHashSet(), PictureSide, cancellation);
        var page = ContactSheet.Write(
            $"Labels of {report.Catalogue} in doubt",
            [$"{report.Labels:N0} labels of {report.Tags:N0} tags on {report.Stickers:N0} stickers were compared with those of the nearest pictures by model {report.Model}. The small pictures are the nearest ones. Nothing was changed: creators' labels are theirs."],
            [],
            [
                new SheetSection("Likely wrong", "The label in bold is on few of the nearest pictures, and rarely beside the other labels.", Pictures(wrong)),
                new SheetSection("Likely missing", "The tag in bold is on most of the nearest pictures, and not on this one.", Pictures(missing)),
            ]);
        await using var writer = await store.CreateAsync($"{KeyOf(report.Model, report.Catalogue)}.html", cancellation);
        await writer.Stream.WriteAsync(Encoding.UTF8.GetBytes(page), cancellation);
        await writer.CommitAsync(cancellation);

        SheetPicture[] Pictures(IEnumerable<LabelDoubt> doubts) => [.. doubts.Where(doubt => pictures.ContainsKey(doubt.Id)).Select(doubt => new SheetPicture(
            pictures[doubt.Id], $"{doubt.Key} by {doubt.Creator}", doubt.Tag,
            [FormattableString.Invariant($"{doubt.Looks:0.00} of its neighbours; usually {doubt.Usual:0.00}"), doubt.Labels.Count == 0 ? "no label" : string.Join(", ", doubt.Labels)],
            [.. doubt.Neighbours.Where(pictures.ContainsKey).Select(id => (pictures[id], id.ToString()))]))];
    }
}
