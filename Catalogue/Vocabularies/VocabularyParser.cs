namespace Stickers.Catalogue.Vocabularies;

/// <summary>Checks what a vocabulary's file says and puts accepted proposals in force.</summary>
internal sealed class VocabularyParser
{
    private const string ShippedName = "shipped";

    private readonly string _origin;
    private readonly Dictionary<string, string> _directAliases = [];
    private readonly SortedDictionary<string, TagEntry> _tags = new(StringComparer.Ordinal);

    private VocabularyParser(string origin) => _origin = origin;

    /// <param name="yaml">The file's text.</param>
    /// <param name="origin">How messages call the file.</param>
    /// <exception cref="InvalidDataException">Malformed, or it contradicts itself; the message says where.</exception>
    internal static TagVocabulary Parse(string yaml, string origin) => new(Read(VocabularyYaml.Deserialize(yaml, origin), origin));

    internal static VocabularyContent Read(VocabularyYaml file, string origin) => new VocabularyParser(origin).Read(file);

    private VocabularyContent Read(VocabularyYaml file)
    {
        if (file.Extends is not (null or ShippedName)) throw Fault($"`extends` is '{file.Extends}', expected '{ShippedName}' or no such line");
        var shipped = file.Extends is null ? null : VocabularyYaml.Deserialize(VocabularyYaml.ReadShipped(), "the shipped tag rules");

        List<string> junk = [];
        Dictionary<string, HashSet<string>> beside = [];
        foreach (var part in new[] { shipped, file }.OfType<VocabularyYaml>())
        {
            junk.AddRange((part.Junk ?? []).Select(text => Unified(text, "junk")));
            foreach (var (text, company) in part.JunkBeside ?? [])
                beside[Unified(text, "junk_beside")] = [.. (company ?? []).Select(other => Unified(other, $"junk_beside: {text}"))];
            AddAliases(part.Aliases ?? []);
        }

        foreach (var (key, tag) in file.Tags ?? []) AddTag(key, tag ?? new VocabularyYaml.TagYaml());
        AddProposals(file.Proposals ?? new VocabularyYaml.ProposalsYaml());

        var aliases = Resolve();
        foreach (var (key, tag) in _tags.ToList()) _tags[key] = tag with { Implies = [.. tag.Implies.Select(implied => aliases.GetValueOrDefault(implied, implied)).Where(implied => implied != key).Distinct()] };
        var content = new VocabularyContent { Junk = junk, JunkBeside = beside, Aliases = aliases, Tags = [.. _tags.Values] };
        Check(content);
        return content;
    }

    private void AddAliases(Dictionary<string, string?> written)
    {
        var own = new Dictionary<string, string>();
        foreach (var (text, target) in written)
        {
            var (from, to) = (Unified(text, "aliases"), Unified(target, $"aliases: {text}"));
            if (own.TryGetValue(from, out var other) && other != to) throw Fault($"aliases give '{from}' two meanings, '{other}' and '{to}'. Keep one");
            own[from] = to;
            // A file that extends the shipped rules may overrule them.
            _directAliases[from] = to;
        }
    }

    private void AddTag(string written, VocabularyYaml.TagYaml tag)
    {
        var key = Unified(written, "tags");
        if (!TagText.HasMeaning(key, TagVocabulary.MaxLength)) throw Fault($"tags has the key '{written}', which cannot be a tag: expected a word of at most {TagVocabulary.MaxLength} characters");
        // Whoever lists a tag says that it is one, whatever the shipped aliases make of it.
        _directAliases.Remove(key);
        var entry = new TagEntry
        {
            Key = key,
            Names = (tag.Names ?? []).ToDictionary(name => LocaleName.Canonical(name.Key), name => Unified(name.Value, $"tags: {key}: names: {name.Key}")),
            Aliases = (tag.Aliases ?? []).ToDictionary(
                words => LocaleName.Canonical(words.Key),
                words => (IReadOnlyList<string>)[.. (words.Value ?? []).Select(word => Unified(word, $"tags: {key}: aliases: {words.Key}")).Distinct()]),
            Implies = [.. (tag.Implies ?? []).Select(implied => Unified(implied, $"tags: {key}: implies"))],
            Countries = new CountryPolicy(
                tag.Countries?.Only is { } only ? Codes(only, key) : null,
                Codes(tag.Countries?.Not ?? [], key)),
        };
        if (!_tags.TryAdd(key, entry)) throw Fault($"tags lists '{key}' twice");
    }

    private HashSet<string> Codes(List<string?> countries, string key) => [.. countries.Select(country => country is { Length: 2 } && country.All(char.IsAsciiLetter)
        ? country.ToUpperInvariant()
        : throw Fault($"`tags: {key}: countries` has '{country}', expected a code of two letters such as JP"))];

    private void AddProposals(VocabularyYaml.ProposalsYaml proposals)
    {
        foreach (var merge in Accepted(proposals.Merges, "merges"))
            Merge(Unified(merge.Tag, "proposals: merges: tag"), Unified(merge.Into, "proposals: merges: into"));
        foreach (var implication in Accepted(proposals.Implications, "implications"))
        {
            var entry = Entry(Unified(implication.Tag, "proposals: implications: tag"));
            _tags[entry.Key] = entry with { Implies = [.. entry.Implies, Unified(implication.Implies, "proposals: implications: implies")] };
        }

        foreach (var name in Accepted(proposals.Names, "names"))
        {
            var (locale, text) = (LocaleName.Canonical(name.Locale ?? ""), Unified(name.Name, "proposals: names: name"));
            if (locale.Length == 0) throw Fault("`proposals: names` has an entry without a locale");
            var entry = Entry(Unified(name.Tag, "proposals: names: tag"));
            _tags[entry.Key] = entry.Names.ContainsKey(locale)
                ? entry with { Aliases = With(entry.Aliases, locale, [text]) }
                : entry with { Names = new Dictionary<string, string>(entry.Names) { [locale] = text } };
        }
    }

    /// <summary>The listed tag that a text means after accepted merges; one that is not listed becomes so.</summary>
    private TagEntry Entry(string text)
    {
        while (!_tags.ContainsKey(text) && _directAliases.TryGetValue(text, out var target)) text = target;
        return _tags.TryGetValue(text, out var entry) ? entry : _tags[text] = new TagEntry { Key = text };
    }

    /// <summary>One spelling becomes another's alias; what was listed for it goes over.</summary>
    private void Merge(string from, string into)
    {
        var target = Entry(into);
        if (target.Key == from) throw Fault($"a merge of '{from}' into '{into}' was accepted, and so was one the other way. Keep one");
        _directAliases[from] = target.Key;
        if (!_tags.Remove(from, out var entry)) return;
        foreach (var (locale, name) in entry.Names) target = target with { Aliases = With(target.Aliases, locale, [name]) };
        foreach (var (locale, words) in entry.Aliases) target = target with { Aliases = With(target.Aliases, locale, words) };
        _tags[target.Key] = target with { Implies = [.. target.Implies, .. entry.Implies] };
    }

    private static Dictionary<string, IReadOnlyList<string>> With(IReadOnlyDictionary<string, IReadOnlyList<string>> aliases, string locale, IEnumerable<string> words) =>
        new(aliases) { [locale] = [.. (aliases.GetValueOrDefault(locale) ?? []).Concat(words).Distinct()] };

    private IEnumerable<VocabularyYaml.ProposalYaml> Accepted(List<VocabularyYaml.ProposalYaml?>? proposals, string kind) =>
        (proposals ?? []).OfType<VocabularyYaml.ProposalYaml>().Where(proposal => proposal.Accept?.ToUpperInvariant() switch
        {
            "YES" or "TRUE" => true,
            null or "NO" or "FALSE" or "NEVER" => false,
            _ => throw Fault($"`proposals: {kind}` has accept: '{proposal.Accept}', expected yes, no or never"),
        });

    private Dictionary<string, string> Resolve()
    {
        var resolved = new Dictionary<string, string>();
        foreach (var start in _directAliases.Keys)
        {
            List<string> chain = [start];
            while (_directAliases.TryGetValue(chain[^1], out var next))
            {
                if (chain.Contains(next)) throw Fault($"aliases run in a circle: {Arrows(chain.Append(next))}. Remove one of them");
                chain.Add(next);
            }

            resolved[start] = chain[^1];
        }

        return resolved;
    }

    private void Check(VocabularyContent content)
    {
        var owners = new Dictionary<(string, string), string>();
        foreach (var (locale, text, key) in content.AllWords())
        {
            if (owners.TryGetValue((locale, text), out var other) && other != key)
                throw Fault($"'{text}' ({locale}) is a name or alias of two tags, '{other}' and '{key}'. Keep one");
            owners[(locale, text)] = key;
        }

        foreach (var (key, implied) in content.Implied())
        {
            if (implied.Contains(key)) throw Fault($"implications run in a circle: '{key}' implies itself by way of {string.Join(", ", implied.Where(other => other != key).Select(other => $"'{other}'"))}. Remove one of them");
        }
    }

    private string Unified(string? text, string where)
    {
        var unified = TagText.Unify(text ?? "");
        return unified.Length > 0 ? unified : throw Fault($"`{where}` has an entry '{text}' without a word. Remove it, or quote it if YAML reads it as something else");
    }

    private static string Arrows(IEnumerable<string> texts) => string.Join(" -> ", texts.Select(text => $"'{text}'"));

    private InvalidDataException Fault(string what) => new($"{_origin}: {what}.");
}
