namespace Stickers.SimilaritySearch.Filtering;

/// <summary>The stickers of one snapshot that pass a filter: made once, used by any number of searches, on any thread.</summary>
public sealed class PassingStickers
{
    private readonly Lazy<SegmentFilter> _filter;

    private PassingStickers(Snapshot snapshot, StickerAttributes attributes, StickerSet set)
    {
        Set = set;
        _filter = new Lazy<SegmentFilter>(() => snapshot.CreateFilter(set.Positions().Select(attributes.IdAt)));
    }

    /// <summary>Their positions.</summary>
    public StickerSet Set { get; }

    /// <summary>The same for the index itself; made when it is first asked for.</summary>
    public SegmentFilter Filter => _filter.Value;

    /// <summary>The stickers that pass, or null when all do.</summary>
    public static PassingStickers? Of(Snapshot snapshot, StickerAttributes attributes, StickerFilter filter)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(attributes);
        return attributes.Passing(filter) is { } set ? new PassingStickers(snapshot, attributes, set) : null;
    }
}
