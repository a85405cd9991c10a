using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Api.Suggesting;

/// <summary>A spelling of a tag.</summary>
/// <param name="Folded">As it is compared.</param>
/// <param name="Written">As people write it.</param>
/// <param name="Tag">The tag's number.</param>
/// <param name="Locale">Language of the spelling; empty for the tag's key.</param>
internal readonly record struct TagName(string Folded, string Written, int Tag, string Locale);

/// <summary>All spellings of the tags that stickers have, sorted, so that those that begin alike stand together.</summary>
internal sealed class NameTable
{
    /// <summary>Names looked at for one beginning: the shortest beginnings have thousands.</summary>
    private const int MostNames = 2000;

    private readonly TagName[] _names;
    private readonly string[] _folded;

    /// <param name="tags">Canonical tags; a tag's number is its place.</param>
    /// <param name="vocabulary">Names and aliases of tags.</param>
    public NameTable(IReadOnlyList<string> tags, TagVocabulary vocabulary)
    {
        var names = new List<TagName>(tags.Count);
        for (var tag = 0; tag < tags.Count; tag++)
        {
            Add(tags[tag], tag, "");
            if (vocabulary.Find(tags[tag]) is not { } entry)
                continue;
            foreach (var (locale, name) in entry.Names)
                Add(name, tag, locale);
            foreach (var (locale, aliases) in entry.Aliases)
            {
                foreach (var alias in aliases)
                    Add(alias, tag, locale);
            }
        }

        _names = [.. names.DistinctBy(name => (name.Folded, name.Tag, name.Locale)).OrderBy(name => name.Folded, StringComparer.Ordinal)];
        _folded = [.. _names.Select(name => name.Folded)];

        void Add(string name, int tag, string locale)
        {
            if (TypedText.Fold(name).TrimEnd(' ') is { Length: > 0 } folded)
                names.Add(new TagName(folded, name, tag, locale));
        }
    }

    /// <summary>The names that are the text, and, if it may go on, those that begin with it.</summary>
    public ReadOnlySpan<TagName> Find(string text, bool open)
    {
        var first = LowerBound(text);
        var end = first;
        while (end < _folded.Length && end - first < MostNames && (open ? _folded[end].StartsWith(text, StringComparison.Ordinal) : _folded[end] == text))
            end++;
        return _names.AsSpan(first..end);
    }

    private int LowerBound(string text)
    {
        var (low, high) = (0, _folded.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(_folded[middle], text) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
