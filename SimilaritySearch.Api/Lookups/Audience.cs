using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Filtering;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>Who is shown an answer: tags are named in their language, and those that may not be shown in their country are left out.</summary>
/// <param name="Language">BCP 47, or null for canonical tags only.</param>
/// <param name="Country">ISO 3166-1 code of two letters, or null when it is not known: then only what may be shown everywhere is.</param>
internal sealed record Audience(string? Language, string? Country)
{
    /// <summary>Nobody is known.</summary>
    public static Audience Unknown { get; } = new(null, null);

    /// <summary>A sticker as this audience may see it.</summary>
    public StickerAnswer Show(StickerAnswer sticker, TagVocabulary vocabulary)
    {
        if (vocabulary.Tags.Count == 0)
            return sticker;
        if (!sticker.Tags.All(MayShow) || !sticker.Suggestions.All(s => MayShow(s.Tag)))
            sticker = sticker with { Tags = [.. sticker.Tags.Where(MayShow)], Suggestions = [.. sticker.Suggestions.Where(s => MayShow(s.Tag))] };
        return Language is null ? sticker : sticker with { TagNames = NamesOf([.. sticker.Tags, .. sticker.Suggestions.Select(s => s.Tag)], vocabulary) };

        bool MayShow(string tag) => vocabulary.IsAllowedIn(tag, Country);
    }

    /// <summary>The names of tags in the audience's language, those left out that are called what they are.</summary>
    public SortedDictionary<string, string>? NamesOf(IEnumerable<string> tags, TagVocabulary vocabulary)
    {
        if (Language is null)
            return null;
        var names = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            if (vocabulary.NameOf(tag, Language) is var name && name != tag)
                names[tag] = name;
        }

        return names.Count > 0 ? names : null;
    }

    /// <summary>The filter with canonical tags in place of the names that a person wrote.</summary>
    public StickerFilter Canonical(StickerFilter filter, TagVocabulary vocabulary)
    {
        return filter.AnyTag.Count + filter.AllTags.Count + filter.NoTag.Count == 0
            ? filter
            : filter with { AnyTag = Keys(filter.AnyTag), AllTags = Keys(filter.AllTags), NoTag = Keys(filter.NoTag) };

        List<string> Keys(IReadOnlyList<string> tags) => [.. tags.Select(tag => vocabulary.Normalize(tag, Language) ?? tag)];
    }
}
