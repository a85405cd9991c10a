using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>What is known of stickers, and what is served.</summary>
internal static class StickerLookup
{
    public static StatusAnswer Status(ServedPair pair) => new(
        pair.Visual.Snapshot.Stickers.Count,
        pair.Visual.Snapshot.Manifest.Catalogue,
        new ModelStatus(pair.Model.Version, pair.Model.ContentHash, pair.Model.Vocabulary.Count),
        [StatusOf(pair.Visual), StatusOf(pair.Semantic)]);

    public static StickerPage Browse(ServedPair pair, int offset, int count, Audience audience)
    {
        var stickers = pair.Visual.Snapshot.Stickers;
        return new StickerPage([.. stickers.Browse(offset, count).Select(record => pair.Show(StickerAnswer.Of(record), audience))], offset, stickers.Count, pair.Model.Version, pair.Visual.Version);
    }

    /// <summary>The sticker, or null when no index has it.</summary>
    public static StickerDetail? Find(ServedPair pair, StickerId id, Audience audience) =>
        pair.Find(id) is { } sticker ? new StickerDetail(pair.Show(sticker, audience), pair.Model.Version, pair.Visual.Version, pair.Vocabulary.ContentHash[..12]) : null;

    /// <summary>Many stickers at once, in the order asked for.</summary>
    public static StickerBatch FindAll(ServedPair pair, IReadOnlyList<StickerId> ids, Audience audience)
    {
        var (items, missing) = (new List<StickerAnswer>(ids.Count), new List<string>());
        foreach (var id in ids)
        {
            if (pair.Find(id) is { } sticker) items.Add(pair.Show(sticker, audience));
            else missing.Add(id.ToString());
        }

        return new StickerBatch(items, missing, pair.Model.Version, pair.Visual.Version);
    }

    /// <summary>PNG of at most 160 pixels a side, or null when no index has the sticker.</summary>
    public static byte[]? Thumbnail(ServedPair pair, StickerId id) =>
        pair.Visual.Snapshot.Stickers.Thumbnail(id) ?? pair.Semantic.Snapshot.Stickers.Thumbnail(id);

    public static TopTags TopTags(ServedPair pair, int k, Audience audience)
    {
        var tags = pair.Visual.Snapshot.Stickers.TopTags(StickerDatabase.MaxRows).Where(tag => pair.Vocabulary.IsAllowedIn(tag.Tag, audience.Country)).Take(k);
        return new TopTags(
            [.. tags.Select(tag => new TagCount(tag.Tag, tag.Count, audience.Language is null ? null : pair.Vocabulary.NameOf(tag.Tag, audience.Language)))], pair.Model.Version, pair.Visual.Version);
    }

    private static IndexStatus StatusOf(ServedSpace space)
    {
        var manifest = space.Snapshot.Manifest;
        return new IndexStatus(space.Space, manifest.Version, manifest.Count, manifest.Dimension, manifest.Factory, manifest.RecallAt10);
    }
}
