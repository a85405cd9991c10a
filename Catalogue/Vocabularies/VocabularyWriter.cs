using System.Text;

namespace Stickers.Catalogue.Vocabularies;

/// <summary>Writes a vocabulary for people to edit: one line a tag or proposal wherever possible, evidence beside it.</summary>
internal static class VocabularyWriter
{
    private const string Head =
        """
        # What creators' spellings mean, in every catalogue under this root; docs/formats.md says all about it.
        #
        # tags:      the key is what data and models call a tag: do not change it. Names, aliases, implies and countries are yours to edit.
        # proposals: drafted from data. NONE OF THEM COUNTS until its `accept` is `yes`. `never` refuses it for good; what is left at `no` is
        #            drafted anew the next time.
        """;

    /// <param name="file">What to write.</param>
    /// <param name="remarks">By key, what stands beside a tag.</param>
    internal static string Write(VocabularyYaml file, IReadOnlyDictionary<string, string> remarks)
    {
        var text = new StringBuilder(Head).Append('\n');
        if (file.Extends is { } extends) text.Append($"extends: {extends}\n");
        if (file.Junk is { Count: > 0 } junk) text.Append("junk:\n").AppendJoin("", junk.Select(entry => $"  - {Quoted(entry)}\n"));
        if (file.JunkBeside is { Count: > 0 } beside) text.Append("junk_beside:\n").AppendJoin("", beside.Select(pair => $"  {Quoted(pair.Key)}: {List(pair.Value ?? [])}\n"));
        if (file.Aliases is { Count: > 0 } aliases) text.Append("aliases:\n").AppendJoin("", aliases.Select(pair => $"  {Quoted(pair.Key)}: {Quoted(pair.Value)}\n"));
        text.Append(file.Tags is { Count: > 0 } ? "tags:\n" : "tags: {}\n");
        foreach (var (key, tag) in file.Tags ?? []) Append(text, key, tag ?? new VocabularyYaml.TagYaml(), remarks.GetValueOrDefault(key));
        text.Append("proposals:\n");
        Append(text, "merges", file.Proposals?.Merges, entry => $"tag: {Quoted(entry.Tag)}, into: {Quoted(entry.Into)}");
        Append(text, "implications", file.Proposals?.Implications, entry => $"tag: {Quoted(entry.Tag)}, implies: {Quoted(entry.Implies)}");
        Append(text, "names", file.Proposals?.Names, entry => $"tag: {Quoted(entry.Tag)}, locale: {Quoted(entry.Locale)}, name: {Quoted(entry.Name)}");
        return text.ToString();
    }

    private static void Append(StringBuilder text, string key, VocabularyYaml.TagYaml tag, string? remark)
    {
        var lines = new List<string>();
        if (tag.Names is { Count: > 0 } names) lines.Add($"names: {{ {string.Join(", ", names.Select(name => $"{Quoted(name.Key)}: {Quoted(name.Value)}"))} }}");
        if (tag.Aliases is { Count: > 0 } aliases) lines.Add($"aliases: {{ {string.Join(", ", aliases.Select(words => $"{Quoted(words.Key)}: {List(words.Value ?? [])}"))} }}");
        if (tag.Implies is { Count: > 0 } implies) lines.Add($"implies: {List(implies)}");
        if (tag.Countries is { } countries) lines.Add($"countries: {{ {(countries.Only is { } only ? $"only: {List(only)}" : $"not: {List(countries.Not ?? [])}")}{(countries is { Only: not null, Not: { } not } ? $", not: {List(not)}" : "")} }}");
        text.Append($"  {Quoted(key)}:{(lines.Count == 0 ? " {}" : "")}{(remark is null ? "" : $" # {remark}")}\n");
        foreach (var line in lines) text.Append($"    {line}\n");
    }

    private static void Append(StringBuilder text, string kind, List<VocabularyYaml.ProposalYaml?>? proposals, Func<VocabularyYaml.ProposalYaml, string> what)
    {
        if (proposals is not { Count: > 0 }) return;
        text.Append($"  {kind}:\n");
        foreach (var entry in proposals.OfType<VocabularyYaml.ProposalYaml>())
            text.Append($"    - {{ accept: {entry.Accept}, {what(entry)}, because: {Quoted(entry.Because)} }}\n");
    }

    private static string List(IEnumerable<string?> texts) => $"[{string.Join(", ", texts.Select(Quoted))}]";

    private static string Quoted(string? text) => $"'{(text ?? "").Replace("'", "''", StringComparison.Ordinal)}'";
}
