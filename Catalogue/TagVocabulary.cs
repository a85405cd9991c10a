using System.IO.Enumeration;
using Stickers.Catalogue.Vocabularies;
using Stickers.Storage;

namespace Stickers.Catalogue;

/// <summary>
/// What creators' spellings mean. A text becomes a canonical tag by NFKC, lower case, unified separators, junk, aliases and the names
/// of tags in its locale; the tags of a sticker bring along what they imply. The one mechanism that training, backfill, index and search ask.
/// </summary>
/// <remarks>
/// Without any list, these are junk as well: numbers and punctuation alone, single characters that are no kana, kanji, hangul or emoji,
/// and texts of more than <see cref="MaxLength"/> characters. Tags that no vocabulary lists stay what they are. Normalising a canonical
/// tag without a locale gives it back. Immutable and thread-safe.
/// </remarks>
public sealed class TagVocabulary
{
    /// <summary>Name of the editable vocabulary at a store's root.</summary>
    public const string FileName = "vocabulary.yaml";

    /// <summary>Its name before tags could be listed: the same format, without <c>tags</c>. Still read.</summary>
    public const string RulesFileName = "tag-rules.yaml";

    /// <summary>Longest canonical tag in UTF-16 characters.</summary>
    public const int MaxLength = 60;

    private static readonly Lazy<TagVocabulary> Shipped = new(() => VocabularyParser.Parse(VocabularyYaml.ReadShipped(), "the shipped tag rules"));

    private readonly HashSet<string> _junk;
    private readonly string[] _junkPatterns;
    private readonly Dictionary<string, HashSet<string>> _junkBeside;
    private readonly Dictionary<string, string> _aliases;
    private readonly Dictionary<string, TagEntry> _entries;
    private readonly Dictionary<string, Dictionary<string, string>> _byLocale;
    private readonly Dictionary<string, string> _anyLocale;
    private readonly Dictionary<string, IReadOnlyList<string>> _implied;

    internal TagVocabulary(VocabularyContent content)
    {
        _junk = [.. content.Junk.Where(text => !text.Contains('*'))];
        _junkPatterns = [.. content.Junk.Where(text => text.Contains('*')).Select(text => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal))];
        _junkBeside = content.JunkBeside;
        _aliases = content.Aliases;
        Tags = content.Tags;
        _entries = content.Tags.ToDictionary(tag => tag.Key, StringComparer.Ordinal);
        (_byLocale, _anyLocale) = (content.Words(), content.UnambiguousWords());
        _implied = content.Implied();
        ContentHash = content.Hash();
    }

    /// <summary>
    /// SHA-256 over all that decides what a spelling means, what is implied, named and shown where; lower-case hexadecimal. Comments,
    /// order and proposals that nobody accepted do not count.
    /// </summary>
    public string ContentHash { get; }

    /// <summary>The tags that the vocabulary lists, by key in ordinal order; empty for the shipped rules.</summary>
    public IReadOnlyList<TagEntry> Tags { get; }

    /// <summary>What ships with the program: junk and English spellings.</summary>
    public static TagVocabulary Default => Shipped.Value;

    /// <summary>What is in force for a store: <c>vocabulary.yaml</c> at its root, else <c>tag-rules.yaml</c>, else what is shipped.</summary>
    /// <exception cref="InvalidDataException">The file is malformed (the message says where), or both are there.</exception>
    public static async Task<TagVocabulary> OfAsync(ObjectStore store, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var vocabulary = await ReadAsync(store, FileName, cancellation).ConfigureAwait(false);
        var rules = await ReadAsync(store, RulesFileName, cancellation).ConfigureAwait(false);
        if (vocabulary is not null && rules is not null)
            throw new InvalidDataException($"Both '{store.LocationOf(FileName)}' and '{store.LocationOf(RulesFileName)}' are there, and only one can be in force. Move what you still need of the latter into the former, whose format it has, and delete it.");
        if ((vocabulary ?? rules) is not { } yaml) return Default;
        return VocabularyParser.Parse(yaml, $"'{store.LocationOf(vocabulary is null ? RulesFileName : FileName)}'");
    }

    /// <summary>Reads a vocabulary, or tag rules, from a file.</summary>
    /// <exception cref="InvalidDataException">The file is malformed; the message says where.</exception>
    public static TagVocabulary Load(string path) => VocabularyParser.Parse(File.ReadAllText(path), $"'{path}'");

    /// <summary>Writes the shipped rules to a new file, for people to edit.</summary>
    /// <exception cref="IOException">The file exists.</exception>
    public static void WriteDefault(string path)
    {
        using var writer = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write));
        writer.Write(VocabularyYaml.ReadShipped());
    }

    /// <summary>The canonical tag of one spelling, words separated by one space, or null when it is junk.</summary>
    /// <param name="tag">As a person wrote it.</param>
    /// <param name="locale">BCP 47 language of the text: names and aliases of that language are known, then those of the language it is a
    /// variant of. Null knows those of all languages, as long as they mean one tag.</param>
    public string? Normalize(string tag, string? locale = null)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return Canonical(TagText.Unify(tag), locale);
    }

    /// <summary>Distinct canonical tags of a sticker and what they imply, in ordinal order; here a tag can also be junk because of its company.</summary>
    /// <param name="tags">As the creator wrote them.</param>
    /// <param name="locale">As above.</param>
    public IReadOnlyList<string> Normalize(IEnumerable<string> tags, string? locale = null)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var unified = tags.Select(TagText.Unify).ToHashSet();
        var canonical = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var text in unified)
        {
            if (_junkBeside.TryGetValue(text, out var company) && company.Overlaps(unified)) continue;
            if (Canonical(text, locale) is not { } tag) continue;
            canonical.Add(tag);
            canonical.UnionWith(ImpliedBy(tag));
        }

        return [.. canonical];
    }

    /// <summary>Canonical tags of a sticker: what its creator's labels mean in the sticker's locale, and what they imply.</summary>
    public IReadOnlyList<string> TagsOf(Sticker sticker)
    {
        ArgumentNullException.ThrowIfNull(sticker);
        return Normalize(sticker.Tags, sticker.Locale);
    }

    /// <summary>A listed tag by its key, or null.</summary>
    public TagEntry? Find(string key) => _entries.GetValueOrDefault(key);

    /// <summary>All that a canonical tag implies, directly or not, itself left out; in ordinal order.</summary>
    public IReadOnlyList<string> ImpliedBy(string tag) => _implied.GetValueOrDefault(tag) ?? [];

    /// <summary>What people who speak a language call a canonical tag: its name there, else in the language it is a variant of, else its key.</summary>
    public string NameOf(string tag, string locale)
    {
        if (Find(tag) is not { } entry) return tag;
        return LocaleName.Chain(locale).Select(name => entry.Names.GetValueOrDefault(name)).FirstOrDefault(name => name is not null) ?? tag;
    }

    /// <summary>Whether a canonical tag may be suggested, shown and searched for in a country; what it implies has policies of its own.</summary>
    /// <param name="tag">Canonical tag.</param>
    /// <param name="country">ISO 3166-1 code of two letters, or null when it is not known: then only what may be shown everywhere is.</param>
    public bool IsAllowedIn(string tag, string? country) => Find(tag)?.Countries.Allows(country) ?? true;

    private string? Canonical(string unified, string? locale)
    {
        if (Named(unified, locale) is { } key) return key;
        if (IsJunk(unified)) return null;
        if (!_aliases.TryGetValue(unified, out var canonical)) return unified;
        return IsJunk(canonical) ? null : canonical;
    }

    private string? Named(string unified, string? locale)
    {
        if (_entries.Count == 0) return null;
        if (locale is null) return _entries.ContainsKey(unified) ? unified : _anyLocale.GetValueOrDefault(unified);
        return LocaleName.Chain(locale).Select(name => _byLocale.GetValueOrDefault(name)?.GetValueOrDefault(unified)).FirstOrDefault(key => key is not null)
            ?? (_entries.ContainsKey(unified) ? unified : null);
    }

    private bool IsJunk(string unified) =>
        !TagText.HasMeaning(unified, MaxLength)
        || _junk.Contains(unified)
        || _junkPatterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, unified, ignoreCase: false));

    private static async Task<string?> ReadAsync(ObjectStore store, string key, CancellationToken cancellation)
    {
        try
        {
            using var reader = new StreamReader(await store.OpenReadAsync(key, cancellation).ConfigureAwait(false));
            return await reader.ReadToEndAsync(cancellation).ConfigureAwait(false);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
