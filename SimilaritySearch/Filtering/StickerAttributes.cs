using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Filtering;

/// <summary>
/// What the stickers of a snapshot can be filtered by, in memory: about 8 bytes for each sticker, 8 more where it is known when any was made, and 4 for each value that it has, 8 for a tag. A sticker's position is its
/// rank by id. Immutable and thread-safe.
/// </summary>
public sealed class StickerAttributes
{
    private readonly long[] _ids;
    private readonly AttributePostings _packs;
    private readonly AttributePostings _creators;
    private readonly AttributePostings _locales;
    private readonly AttributePostings _tags;
    private readonly int[] _animated;
    private readonly DateTime[] _created;
    private readonly (int Position, string Tag, float Score)[] _awaiting;

    private StickerAttributes(
        long[] ids, AttributePostings packs, AttributePostings creators, AttributePostings locales, AttributePostings tags, int[] animated,
        DateTime[] created, (int, string, float)[] awaiting) =>
        (_ids, _packs, _creators, _locales, _tags, _animated, _created, _awaiting) = (ids, packs, creators, locales, tags, animated, created, awaiting);

    /// <summary>Suggestions kept for review: more than a team decides until the next snapshot.</summary>
    private const int MostAwaiting = 50_000;

    /// <summary>Suggestions that wait for a person, the likeliest first.</summary>
    public IReadOnlyList<(int Position, string Tag, float Score)> AwaitingReview => _awaiting;

    /// <summary>Number of stickers.</summary>
    public int Count => _ids.Length;

    /// <summary>All tags that a sticker has: creators' own and accepted suggestions.</summary>
    public IReadOnlyCollection<string> Tags => _tags.Values;

    /// <summary>Reads a whole stickers.db.</summary>
    /// <param name="stickers">The database.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static StickerAttributes Load(StickerDatabase stickers, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stickers);
        var ids = new long[stickers.Count];
        var (packs, creators, locales, tags) = (new AttributePostings.Builder(), new AttributePostings.Builder(), new AttributePostings.Builder(), new AttributePostings.Builder(scored: true));
        var animated = new List<int>();
        DateTime[]? created = null;
        var awaiting = new PriorityQueue<(int, string, float), float>();
        var position = 0;
        foreach (var sticker in stickers.ReadAll())
        {
            if (position % 4096 == 0)
                cancellation.ThrowIfCancellationRequested();
            ids[position] = sticker.Id.Value;
            packs.Add(sticker.Pack, position);
            creators.Add(sticker.Creator, position);
            locales.Add(sticker.Locale, position);
            foreach (var tag in sticker.Tags.Distinct(StringComparer.Ordinal))
                tags.Add(tag, position);
            foreach (var suggestion in sticker.Suggestions)
            {
                if (suggestion.Decision == "accept" && !sticker.Tags.Contains(suggestion.Tag))
                    tags.Add(suggestion.Tag, position, suggestion.Score);
                else if (suggestion.Decision == "review" && awaiting.Count < MostAwaiting)
                    awaiting.Enqueue((position, suggestion.Tag, suggestion.Score), suggestion.Score);
                else if (suggestion.Decision == "review")
                    awaiting.EnqueueDequeue((position, suggestion.Tag, suggestion.Score), suggestion.Score);
            }

            if (sticker.Frames > 1)
                animated.Add(position);
            if (sticker.Created is { } time)
                (created ??= new DateTime[ids.Length])[position] = time;
            position++;
        }

        return new StickerAttributes(ids, packs.Build(), creators.Build(), locales.Build(), tags.Build(), [.. animated], created ?? [],
            [.. awaiting.UnorderedItems.Select(item => item.Element).OrderByDescending(item => item.Item3).ThenBy(item => item.Item1).ThenBy(item => item.Item2, StringComparer.Ordinal)]);
    }

    /// <summary>The sticker at a position.</summary>
    public StickerId IdAt(int position) => new(_ids[position]);

    /// <summary>The position of a sticker; negative when it is unknown.</summary>
    public int PositionOf(StickerId id) => Array.BinarySearch(_ids, id.Value);

    /// <summary>The positions of the stickers that have a tag, ascending.</summary>
    public ReadOnlySpan<int> WithTag(string tag) => _tags.Of(tag);

    /// <summary>For each of <see cref="WithTag"/>, 1 where its creator gave the tag, else the calibrated score of the accepted suggestion.</summary>
    public ReadOnlySpan<float> ScoresOfTag(string tag) => _tags.ScoresOf(tag);

    /// <summary>The stickers that pass a filter, or null when all do.</summary>
    public StickerSet? Passing(StickerFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (filter.IsEmpty)
            return null;
        StickerSet? passing = null;
        Limit(_packs, filter.Packs);
        Limit(_creators, filter.Creators);
        Limit(_locales, filter.Locales);
        Limit(_tags, filter.AnyTag);
        foreach (var tag in filter.AllTags)
            Limit(_tags, [tag]);
        if (filter.Animated == true)
            LimitTo(SetOf(_animated));
        if (filter.CreatedAfter is { } moment)
            LimitTo(MadeAfter(moment));
        passing ??= StickerSet.All(Count);
        if (filter.Animated == false)
            passing.Remove(_animated);
        foreach (var tag in filter.NoTag)
            passing.Remove(_tags.Of(tag));
        return passing.Counted();

        void Limit(AttributePostings attribute, IReadOnlyList<string> values)
        {
            if (values.Count == 0)
                return;
            var having = new StickerSet(Count);
            foreach (var value in values)
                having.Add(attribute.Of(value));
            LimitTo(having);
        }

        void LimitTo(StickerSet having)
        {
            if (passing is null) passing = having;
            else passing.IntersectWith(having);
        }
    }

    /// <summary>What nobody knows of was made at no time: before every moment that can be asked for.</summary>
    private StickerSet MadeAfter(DateTime moment)
    {
        var set = new StickerSet(Count);
        for (var position = 0; position < _created.Length; position++)
        {
            if (_created[position] > moment)
                set.Add([position]);
        }

        return set;
    }

    private StickerSet SetOf(ReadOnlySpan<int> positions)
    {
        var set = new StickerSet(Count);
        set.Add(positions);
        return set;
    }
}
