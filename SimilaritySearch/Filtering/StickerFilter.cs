namespace Stickers.SimilaritySearch.Filtering;

/// <summary>Which stickers may be found. Each part that is not empty must hold.</summary>
public sealed record StickerFilter
{
    /// <summary>No limit.</summary>
    public static StickerFilter None { get; } = new();

    /// <summary>The sticker is in one of these packs.</summary>
    public IReadOnlyList<string> Packs { get; init; } = [];

    /// <summary>It was made by one of these creators.</summary>
    public IReadOnlyList<string> Creators { get; init; } = [];

    /// <summary>Its title and tags are in one of these languages, as the catalogue spells them.</summary>
    public IReadOnlyList<string> Locales { get; init; } = [];

    /// <summary>It has at least one of these tags: the creator's own and accepted suggestions count.</summary>
    public IReadOnlyList<string> AnyTag { get; init; } = [];

    /// <summary>It has all of these tags.</summary>
    public IReadOnlyList<string> AllTags { get; init; } = [];

    /// <summary>It has none of these tags.</summary>
    public IReadOnlyList<string> NoTag { get; init; } = [];

    /// <summary>Whether it moves; null for both.</summary>
    public bool? Animated { get; init; }

    /// <summary>It was made after this moment; one of which nobody knows when does not pass. Null for any.</summary>
    public DateTime? CreatedAfter { get; init; }

    /// <summary>Whether every sticker passes.</summary>
    public bool IsEmpty => Animated is null && CreatedAfter is null && Packs.Count + Creators.Count + Locales.Count + AnyTag.Count + AllTags.Count + NoTag.Count == 0;
}
