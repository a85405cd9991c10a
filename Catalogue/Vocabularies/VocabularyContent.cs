using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Stickers.Catalogue.Vocabularies;

/// <summary>A checked vocabulary; all texts are unified, all locales canonical.</summary>
internal sealed record VocabularyContent
{
    /// <summary><c>*</c> stands for any run of characters.</summary>
    public required IReadOnlyCollection<string> Junk { get; init; }

    /// <summary>Text to the texts in whose company it is junk.</summary>
    public required Dictionary<string, HashSet<string>> JunkBeside { get; init; }

    /// <summary>Text to its canonical tag, chains resolved.</summary>
    public required Dictionary<string, string> Aliases { get; init; }

    /// <summary>By key in ordinal order.</summary>
    public required IReadOnlyList<TagEntry> Tags { get; init; }

    /// <summary>By locale: name or alias to key.</summary>
    public Dictionary<string, Dictionary<string, string>> Words()
    {
        var words = new Dictionary<string, Dictionary<string, string>>();
        foreach (var (locale, text, key) in AllWords())
        {
            if (!words.TryGetValue(locale, out var here)) words[locale] = here = [];
            here[text] = key;
        }

        return words;
    }

    /// <summary>Names and aliases of any locale that mean one tag only.</summary>
    public Dictionary<string, string> UnambiguousWords() => AllWords()
        .GroupBy(word => word.Text, word => word.Key)
        .Where(group => group.Distinct().Count() == 1)
        .ToDictionary(group => group.Key, group => group.First());

    /// <summary>Key to all that it implies, in ordinal order. Circles have been refused.</summary>
    public Dictionary<string, IReadOnlyList<string>> Implied()
    {
        var direct = Tags.Where(tag => tag.Implies.Count > 0).ToDictionary(tag => tag.Key, tag => tag.Implies);
        return direct.Keys.ToDictionary(key => key, key => (IReadOnlyList<string>)[.. Reach(key).Order(StringComparer.Ordinal)]);

        HashSet<string> Reach(string key)
        {
            var reached = new HashSet<string>();
            var open = new Stack<string>([key]);
            while (open.TryPop(out var next))
            {
                foreach (var implied in direct.GetValueOrDefault(next) ?? [])
                {
                    if (reached.Add(implied)) open.Push(implied);
                }
            }

            return reached;
        }
    }

    /// <summary>SHA-256 over everything above in one fixed order.</summary>
    public string Hash()
    {
        var text = JsonSerializer.Serialize(new
        {
            Junk = Junk.Distinct().Order(StringComparer.Ordinal),
            JunkBeside = JunkBeside.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new { pair.Key, Company = pair.Value.Order(StringComparer.Ordinal) }),
            Aliases = Ordered(Aliases),
            Tags = Tags.Select(tag => new
            {
                tag.Key,
                Names = Ordered(tag.Names),
                Aliases = tag.Aliases.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new { pair.Key, Words = pair.Value.Order(StringComparer.Ordinal) }),
                Implies = tag.Implies.Order(StringComparer.Ordinal),
                Only = tag.Countries.Only?.Order(StringComparer.Ordinal),
                Not = tag.Countries.Not.Order(StringComparer.Ordinal),
            }),
        });
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

        static IEnumerable<string[]> Ordered(IEnumerable<KeyValuePair<string, string>> pairs) =>
            pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new[] { pair.Key, pair.Value });
    }

    internal IEnumerable<(string Locale, string Text, string Key)> AllWords() => Tags.SelectMany(tag =>
        tag.Names.Select(name => (name.Key, name.Value, tag.Key))
            .Concat(tag.Aliases.SelectMany(words => words.Value.Select(text => (words.Key, text, tag.Key)))));
}
