namespace Stickers.Catalogue;

/// <summary>A tag that a vocabulary lists: its stable key, what people call it, what it implies and where it may be shown.</summary>
public sealed record TagEntry
{
    /// <summary>What data and models call the tag; it stays when names change. Canonical: <see cref="TagVocabulary.Normalize(string, string?)"/> gives it back.</summary>
    public required string Key { get; init; }

    /// <summary>By locale, the name that people are shown.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();

    /// <summary>By locale, other spellings and words that mean the tag.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Aliases { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Keys of the more general tags that this one brings along (puppy: dog).</summary>
    public IReadOnlyList<string> Implies { get; init; } = [];

    /// <summary>Where the tag may be shown.</summary>
    public CountryPolicy Countries { get; init; } = CountryPolicy.Everywhere;
}
