using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.Cli.Demo;

/// <summary>Chooses the stickers that demo.html shows: by their ids, which are hashes, so that nobody's taste has a hand in it.</summary>
internal static class DemoSheet
{
    private const int MostSuggestions = 5;
    private const int Candidates = 1000;
    private const int CommonTags = 400;
    private const float Copy = 0.995f;

    /// <summary>Untagged stickers with at least one suggestion, those with the lowest ids.</summary>
    public static async Task<IReadOnlyList<PageSticker>> SuggestedAsync(SuggestionSet suggestions, StickerDatabase stickers, int count, CancellationToken cancellation)
    {
        var lowest = new SortedSet<long>();
        await foreach (var suggestion in suggestions.ReadAsync(cancellation))
        {
            lowest.Add(suggestion.Id.Value);
            if (lowest.Count > count) lowest.Remove(lowest.Max);
        }

        return [.. lowest.Select(id => Show(stickers, new StickerId(id), null)).OfType<PageSticker>()];
    }

    /// <summary>
    /// Stickers of different creators that carry different common tags, with their nearest in both spaces. One that has nothing
    /// but copies around it comes only where others do not suffice.
    /// </summary>
    public static IReadOnlyList<PageNeighbours> Neighbours(Snapshot visual, Snapshot semantic, int count, int k)
    {
        var common = visual.Stickers.TopTags(CommonTags).Select(tag => tag.Tag).ToHashSet(StringComparer.Ordinal);
        List<PageNeighbours> chosen = [], copied = [];
        var creators = new HashSet<string>(StringComparer.Ordinal);
        var meanings = new HashSet<string>(StringComparer.Ordinal);
        foreach (var record in visual.Stickers.Browse(0, Candidates))
        {
            if (chosen.Count == count) break;
            var tags = record.Tags.Where(common.Contains).ToList();
            if (tags.Count == 0 || creators.Contains(record.Creator) || tags.Any(meanings.Contains)) continue;
            if (visual.Vector(record.Id) is not { } look || semantic.Vector(record.Id) is not { } meaning || Show(visual.Stickers, record.Id, null) is not { } query) continue;
            var alike = Nearest(visual, look, record.Id, k);
            var isCopied = alike is [.., { Score: > Copy }];
            if (isCopied && copied.Count == count) continue;
            var found = new PageNeighbours(query, alike, Nearest(semantic, meaning, record.Id, k));
            (isCopied ? copied : chosen).Add(found);
            if (isCopied) continue;
            creators.Add(record.Creator);
            meanings.UnionWith(tags);
        }

        return [.. chosen.Concat(copied).Take(count)];
    }

    private static PageSticker[] Nearest(Snapshot snapshot, float[] vector, StickerId self, int k) =>
        [.. snapshot.Search(vector, k, exclude: self).Select(hit => Show(snapshot.Stickers, hit.Id, hit.Score)).OfType<PageSticker>()];

    private static PageSticker? Show(StickerDatabase stickers, StickerId id, float? score)
    {
        if (stickers.Find(id) is not { } record || stickers.Thumbnail(id) is not { } thumbnail) return null;
        return new PageSticker(record.Title ?? record.Key, record.Creator, thumbnail, record.Tags, [.. record.Suggestions.Take(MostSuggestions)], score);
    }
}
