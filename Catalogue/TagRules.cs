using System.IO.Enumeration;
using Stickers.Storage;

namespace Stickers.Catalogue;

/// <summary>How creators' spellings become canonical tags: NFKC, lower case, unified separators, junk, aliases.</summary>
/// <remarks>
/// Without any list, these are junk as well: numbers and punctuation alone, single characters that are no kana, kanji, hangul or emoji,
/// and texts of more than <see cref="MaxLength"/> characters. Normalising a canonical tag gives it back.
/// </remarks>
public sealed class TagRules
{
    /// <summary>Name of the editable rules at a store's root.</summary>
    public const string FileName = "tag-rules.yaml";

    /// <summary>Longest canonical tag in UTF-16 characters.</summary>
    public const int MaxLength = 60;

    private static readonly Lazy<TagRules> Shipped = new(() => TagRulesFile.Parse(TagRulesFile.ReadDefault(), "the shipped tag rules"));

    private readonly HashSet<string> _junk;
    private readonly string[] _junkPatterns;
    private readonly Dictionary<string, HashSet<string>> _junkBeside;
    private readonly Dictionary<string, string> _aliases;

    /// <param name="junk">Unified texts; <c>*</c> stands for any run of characters.</param>
    /// <param name="junkBeside">Unified text to the unified texts in whose company it is junk.</param>
    /// <param name="aliases">Unified text to its canonical tag, chains resolved.</param>
    internal TagRules(IReadOnlyCollection<string> junk, Dictionary<string, HashSet<string>> junkBeside, Dictionary<string, string> aliases)
    {
        _junk = [.. junk.Where(text => !text.Contains('*'))];
        _junkPatterns = [.. junk.Where(text => text.Contains('*')).Select(text => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal))];
        _junkBeside = junkBeside;
        _aliases = aliases;
    }

    /// <summary>SHA-256 of the rules' text, lower-case hexadecimal: says whether two jobs spoke of the same tags.</summary>
    public string ContentHash { get; internal init; } = "";

    /// <summary>The rules that ship with the program.</summary>
    public static TagRules Default => Shipped.Value;

    /// <summary>The rules in force for a store: <c>tag-rules.yaml</c> at its root if there is one, else the shipped ones.</summary>
    /// <exception cref="InvalidDataException">The file is malformed; the message says where.</exception>
    public static async Task<TagRules> OfAsync(ObjectStore store, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        Stream stream;
        try
        {
            stream = await store.OpenReadAsync(FileName, cancellation).ConfigureAwait(false);
        }
        catch (FileNotFoundException)
        {
            return Default;
        }

        using var reader = new StreamReader(stream);
        return TagRulesFile.Parse(await reader.ReadToEndAsync(cancellation).ConfigureAwait(false), $"'{store.LocationOf(FileName)}'");
    }

    /// <summary>Reads the editable rules file (YAML: <c>junk</c>, <c>junk_beside</c>, <c>aliases</c>).</summary>
    /// <exception cref="InvalidDataException">The file is malformed; the message says where.</exception>
    public static TagRules Load(string path) => TagRulesFile.Parse(File.ReadAllText(path), $"'{path}'");

    /// <summary>Writes the shipped rules to a new file, for people to edit.</summary>
    /// <exception cref="IOException">The file exists.</exception>
    public static void WriteDefault(string path)
    {
        using var writer = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write));
        writer.Write(TagRulesFile.ReadDefault());
    }

    /// <summary>The canonical tag of one spelling, words separated by one space, or null when it is junk.</summary>
    public string? Normalize(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return Canonical(TagText.Unify(tag));
    }

    /// <summary>Distinct canonical tags of a sticker, in ordinal order; here a tag can also be junk because of its company.</summary>
    public IReadOnlyList<string> Normalize(IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var unified = tags.Select(TagText.Unify).ToHashSet();
        var canonical = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var text in unified)
        {
            if (_junkBeside.TryGetValue(text, out var company) && company.Overlaps(unified)) continue;
            if (Canonical(text) is { } tag) canonical.Add(tag);
        }

        return [.. canonical];
    }

    private string? Canonical(string unified)
    {
        if (IsJunk(unified)) return null;
        if (!_aliases.TryGetValue(unified, out var canonical)) return unified;
        return IsJunk(canonical) ? null : canonical;
    }

    private bool IsJunk(string unified) =>
        !TagText.HasMeaning(unified, MaxLength)
        || _junk.Contains(unified)
        || _junkPatterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, unified, ignoreCase: false));
}
