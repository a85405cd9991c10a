using Stickers.Catalogue;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Duplicates;

/// <summary>How well a threshold finds the near duplicates that a catalogue knows of.</summary>
/// <param name="Threshold">Smallest cosine that counts.</param>
/// <param name="Pairs">Pairs of stickers that are as near.</param>
/// <param name="Precision">Share of those pairs that the catalogue has in one duplicate group. It rather understates: catalogues do not know of all.</param>
/// <param name="Recall">Share of the pairs in one duplicate group that are as near.</param>
/// <param name="Groups">Groups made of the pairs.</param>
public sealed record DuplicatePoint(float Threshold, long Pairs, double Precision, double Recall, int Groups);

/// <summary>Tries thresholds on a catalogue whose duplicate groups are known.</summary>
public static class DuplicateMeasure
{
    private static readonly float[] Thresholds = [0.8f, 0.85f, 0.875f, 0.9f, 0.925f, 0.95f, 0.96f, 0.97f, 0.98f, 0.985f, 0.99f, 0.995f, 0.999f];

    /// <summary>Measures the visual index that is served, or a version of it.</summary>
    /// <exception cref="InvalidDataException">The catalogue has changed since the index was made.</exception>
    public static async Task<IReadOnlyList<DuplicatePoint>> RunAsync(ObjectStore store, string? version = null, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        using var snapshot = await DuplicateSearch.OpenAsync(store, version, cancellation);
        var catalogue = await StickerCatalogue.OpenAsync(store, snapshot.Manifest.Catalogue, cancellation);
        if (catalogue.ContentHash != snapshot.Manifest.CatalogueHash)
            throw new InvalidDataException($"Catalogue {catalogue.Name} has content hash {catalogue.ContentHash}; index {snapshot.Manifest.Version} was made of {snapshot.Manifest.CatalogueHash}. Build or update the index first.");
        var look = await Task.Run(() => DuplicateSearch.Compare(snapshot, Thresholds[0], progress, cancellation), cancellation);
        var groups = new Dictionary<StickerId, string>();
        await foreach (var sticker in catalogue.ReadAsync(images: false, cancellation))
        {
            if (sticker.DuplicateGroup is { } group)
                groups[sticker.Id] = group;
        }

        var indexed = Enumerable.Range(0, look.Count).Select(look.IdOf).Where(groups.ContainsKey).GroupBy(id => groups[id]);
        var known = indexed.Sum(group => (long)group.Count() * (group.Count() - 1) / 2);
        return [.. Thresholds.Select(PointOf)];

        DuplicatePoint PointOf(float threshold)
        {
            var pairs = look.Pairs.Where(pair => pair.Score >= threshold).ToList();
            var right = pairs.Count(pair => groups.TryGetValue(look.IdOf(pair.A), out var a) && groups.TryGetValue(look.IdOf(pair.B), out var b) && a == b);
            return new DuplicatePoint(threshold, pairs.Count, pairs.Count == 0 ? 1 : right / (double)pairs.Count, known == 0 ? 1 : right / (double)known, Grouping.Of(look, threshold).Count);
        }
    }
}
