using Stickers.Catalogue;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>A sticker whose neighbours are other ones.</summary>
/// <param name="Id">The sticker.</param>
/// <param name="Key">Its key.</param>
/// <param name="Kept">How many of its ten nearest are the same in both versions.</param>
public sealed record MovedSticker(string Id, string Key, int Kept);

/// <summary>A field of the manifest that differs.</summary>
/// <param name="Field">Its name.</param>
/// <param name="From">Value in one version.</param>
/// <param name="To">Value in the other.</param>
public sealed record ChangedSetting(string Field, string From, string To);

/// <summary>How two versions of a space differ.</summary>
public sealed record IndexDifference
{
    /// <summary>The space.</summary>
    public required EmbeddingSpace Space { get; init; }

    /// <summary>One version.</summary>
    public required string From { get; init; }

    /// <summary>The other.</summary>
    public required string To { get; init; }

    /// <summary>What their manifests say differently.</summary>
    public required IReadOnlyList<ChangedSetting> Settings { get; init; }

    /// <summary>Stickers that only the other one has.</summary>
    public required long Added { get; init; }

    /// <summary>Stickers that only the one has.</summary>
    public required long Removed { get; init; }

    /// <summary>Stickers whose vector is another one.</summary>
    public required long Changed { get; init; }

    /// <summary>Stickers with the same vector in both.</summary>
    public required long Same { get; init; }

    /// <summary>Stickers in both whose neighbours were compared, drawn with a fixed seed.</summary>
    public required int Compared { get; init; }

    /// <summary>Mean share of the ten nearest that are the same in both, 0 to 1.</summary>
    public required double MeanKept { get; init; }

    /// <summary>Of those compared, the ones whose neighbours changed most.</summary>
    public required IReadOnlyList<MovedSticker> Moved { get; init; }

    private const int Sample = 500;
    private const int Neighbours = 10;
    private const int Shown = 10;

    /// <summary>Compares two versions. Memory is both indexes and 16 bytes for each of their vectors.</summary>
    /// <exception cref="FileNotFoundException">A version does not exist or is unfinished.</exception>
    /// <exception cref="InvalidDataException">A version is damaged, or has format 1, which keeps no prints of vectors.</exception>
    public static async Task<IndexDifference> OfAsync(ObjectStore store, EmbeddingSpace space, string from, string to, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        using var one = await Snapshot.OpenAsync(store, space, from, cancellation);
        using var other = await Snapshot.OpenAsync(store, space, to, cancellation);
        var (old, now) = (await RowsAsync(store, space, one.Manifest, cancellation), await RowsAsync(store, space, other.Manifest, cancellation));
        var difference = SegmentDifference.Of(old, now);
        var changed = 0L;
        var both = new List<StickerId>();
        for (long row = 0; row < now.Count; row++)
        {
            var id = now.IdOf(row);
            if (old.RowOf(id) is not (>= 0 and var before))
                continue;
            both.Add(id);
            changed += old.PrintOf(before) != now.PrintOf(row) ? 1 : 0;
        }

        var moved = VectorSurvey.Draw(both.Count, Sample, 1).Order().Select(at => Compare(one, other, both[(int)at])).ToList();
        return new IndexDifference
        {
            Space = space,
            From = from,
            To = to,
            Settings = [.. Differing(one.Manifest, other.Manifest)],
            Added = now.Count - both.Count,
            Removed = old.Count - both.Count,
            Changed = changed,
            Same = old.Count - difference.Deleted.Count,
            Compared = moved.Count,
            MeanKept = moved.Count == 0 ? 1 : moved.Average(sticker => sticker.Kept) / Math.Clamp(Math.Min(old.Count, now.Count) - 1, 1, Neighbours),
            Moved = [.. moved.OrderBy(sticker => sticker.Kept).ThenBy(sticker => sticker.Key, StringComparer.Ordinal).Where(sticker => sticker.Kept < Neighbours).Take(Shown)],
        };
    }

    private static MovedSticker Compare(Snapshot one, Snapshot other, StickerId id)
    {
        var before = one.Search(one.Vector(id), Neighbours, id).Select(hit => hit.Id).ToHashSet();
        return new MovedSticker(id.ToString(), other.Stickers.Find(id)?.Key ?? "", other.Search(other.Vector(id), Neighbours, id).Count(hit => before.Contains(hit.Id)));
    }

    private static IEnumerable<ChangedSetting> Differing(SnapshotManifest a, SnapshotManifest b)
    {
        (string Field, string? From, string? To)[] all =
        [
            ("model", $"{a.Model} ({a.ModelHash})", $"{b.Model} ({b.ModelHash})"),
            ("catalogue", $"{a.Catalogue} ({a.CatalogueHash})", $"{b.Catalogue} ({b.CatalogueHash})"),
            ("suggestions", a.SuggestionsHash, b.SuggestionsHash), ("tagRules", a.TagRulesHash, b.TagRulesHash),
            ("factory", a.Factory, b.Factory), ("nProbe", a.NProbe.ToString(), b.NProbe.ToString()), ("base", a.Base, b.Base),
            ("recallAt10", a.RecallAt10.ToString("0.0000"), b.RecallAt10.ToString("0.0000")), ("native", a.Native, b.Native),
        ];
        return all.Where(setting => setting.From != setting.To).Select(setting => new ChangedSetting(setting.Field, setting.From ?? "none", setting.To ?? "none"));
    }

    /// <summary>All rows of a version that are not deleted.</summary>
    private static async Task<RowTable> RowsAsync(ObjectStore store, EmbeddingSpace space, SnapshotManifest manifest, CancellationToken cancellation)
    {
        var (ids, prints) = (new List<long>(), new List<ulong>());
        foreach (var segment in manifest.Segments ?? throw new InvalidDataException($"The {space.Name()} index {manifest.Version} has format 1, which says nothing of single vectors. Build it again to compare it."))
        {
            using var file = await store.FetchAsync(SnapshotKeys.File(space, manifest.Version, segment.Rows), cancellation);
            var rows = RowTable.Open(file.Path, prints: true);
            byte[]? deleted = null;
            if (segment.Deleted is not null)
            {
                using var bits = await store.FetchAsync(SnapshotKeys.File(space, manifest.Version, segment.Deleted), cancellation);
                deleted = await File.ReadAllBytesAsync(bits.Path, cancellation);
            }

            for (long row = 0; row < rows.Count; row++)
            {
                if (deleted is not null && (deleted[row >> 3] >> (int)(row & 7) & 1) != 0)
                    continue;
                ids.Add(rows.IdOf(row).Value);
                prints.Add(rows.PrintOf(row));
            }
        }

        return RowTable.Of([.. ids], [.. prints]);
    }
}
