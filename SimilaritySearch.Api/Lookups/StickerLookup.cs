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

    public static StickerPage Browse(ServedPair pair, int offset, int count)
    {
        var stickers = pair.Visual.Snapshot.Stickers;
        return new StickerPage([.. stickers.Browse(offset, count).Select(StickerAnswer.Of)], offset, stickers.Count, pair.Model.Version, pair.Visual.Version);
    }

    /// <summary>The sticker, or null when no index has it.</summary>
    public static StickerDetail? Find(ServedPair pair, StickerId id)
    {
        foreach (var space in (ServedSpace[])[pair.Visual, pair.Semantic])
        {
            if (space.Snapshot.Stickers.Find(id) is { } record)
                return new StickerDetail(StickerAnswer.Of(record), pair.Model.Version, space.Version);
        }

        return null;
    }

    /// <summary>PNG of at most 160 pixels a side, or null when no index has the sticker.</summary>
    public static byte[]? Thumbnail(ServedPair pair, StickerId id) =>
        pair.Visual.Snapshot.Stickers.Thumbnail(id) ?? pair.Semantic.Snapshot.Stickers.Thumbnail(id);

    public static TopTags TopTags(ServedPair pair, int k) =>
        new([.. pair.Visual.Snapshot.Stickers.TopTags(k).Select(tag => new TagCount(tag.Tag, tag.Count))], pair.Model.Version, pair.Visual.Version);

    private static IndexStatus StatusOf(ServedSpace space)
    {
        var manifest = space.Snapshot.Manifest;
        return new IndexStatus(space.Space, manifest.Version, manifest.Count, manifest.Dimension, manifest.Factory, manifest.RecallAt10);
    }
}
