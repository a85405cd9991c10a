using System.Text.Json;
using Stickers.Catalogue.Import;

namespace Stickers.Catalogue.Vocabularies;

/// <summary>
/// Learns what tags are called in other languages from records that have tags in several: a name is the word that is on the same pictures
/// as the tag, and on no others (Dice's coefficient), provided that each is the other's best.
/// </summary>
internal sealed class NameProposals
{
    private const int EnoughPictures = 3;
    private const double Likely = 0.4;
    private const int MostPerTag = 2;

    private readonly string _home;
    private readonly TagVocabulary _vocabulary;
    private readonly Dictionary<string, int> _tags = [];
    private readonly Dictionary<(string Locale, string Word), int> _words = [];
    private readonly Dictionary<(string Tag, string Locale, string Word), int> _together = [];
    private readonly HashSet<long> _seen = [];

    private NameProposals(TagVocabulary vocabulary, string home) => (_vocabulary, _home) = (vocabulary, LocaleName.Canonical(home));

    /// <param name="files">JSON Lines as they are imported.</param>
    /// <param name="vocabulary">Says what words of the home language mean.</param>
    /// <param name="home">Language of the keys.</param>
    /// <param name="listed">Whether a tag wants names.</param>
    /// <param name="cancellation">Stops the reading.</param>
    internal static async Task<IReadOnlyList<VocabularyProposal>> OfAsync(IEnumerable<string> files, TagVocabulary vocabulary, string home, Func<string, bool> listed, CancellationToken cancellation)
    {
        var names = new NameProposals(vocabulary, home);
        foreach (var file in files)
        {
            var stream = File.OpenRead(file);
            await using (stream.ConfigureAwait(false))
            {
                await foreach (var (_, line) in JsonLines.ReadAsync(stream, cancellation).ConfigureAwait(false))
                {
                    if (line is { } json) names.Add(json);
                }
            }
        }

        return names.Choose(listed);
    }

    /// <summary>A line that cannot be read is the import's business: it says so there.</summary>
    private void Add(ReadOnlyMemory<byte> json)
    {
        Dictionary<string, List<string>> byLocale;
        string picture;
        try
        {
            using var document = JsonDocument.Parse(json);
            (byLocale, picture) = (ImportRecord.TagsByLocale(document.RootElement), ImportRecord.PictureOf(document.RootElement));
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException)
        {
            return;
        }

        if (!byLocale.Remove(_home, out var own)) return;
        var tags = _vocabulary.Normalize(own, _home);
        if (!_seen.Add(StickerId.FromKey($"{picture}\n{string.Join('\n', tags)}").Value)) return;
        foreach (var tag in tags) _tags[tag] = _tags.GetValueOrDefault(tag) + 1;
        foreach (var (locale, written) in byLocale)
        {
            foreach (var word in written.Select(TagText.Unify).Where(word => TagText.HasMeaning(word, TagVocabulary.MaxLength)).Distinct())
            {
                _words[(locale, word)] = _words.GetValueOrDefault((locale, word)) + 1;
                foreach (var tag in tags) _together[(tag, locale, word)] = _together.GetValueOrDefault((tag, locale, word)) + 1;
            }
        }
    }

    private List<VocabularyProposal> Choose(Func<string, bool> listed)
    {
        var likely = _together.Where(pair => pair.Value >= EnoughPictures)
            .Select(pair => (pair.Key.Tag, pair.Key.Locale, pair.Key.Word, Count: pair.Value, Dice: 2.0 * pair.Value / (_tags[pair.Key.Tag] + _words[(pair.Key.Locale, pair.Key.Word)])))
            .Where(pair => pair.Dice >= Likely)
            .OrderByDescending(pair => pair.Dice).ThenByDescending(pair => pair.Count).ThenBy(pair => pair.Tag, StringComparer.Ordinal).ThenBy(pair => pair.Word, StringComparer.Ordinal)
            .ToList();
        var ofWord = new HashSet<(string, string)>();
        var ofTag = new Dictionary<(string, string), int>();
        var chosen = new List<VocabularyProposal>();
        foreach (var (tag, locale, word, count, dice) in likely)
        {
            // A word means one tag only, the one it fits best, whether or not that one is listed.
            if (!ofWord.Add((locale, word)) || !listed(tag)) continue;
            var rank = ofTag.GetValueOrDefault((tag, locale));
            if (rank == MostPerTag) continue;
            ofTag[(tag, locale)] = rank + 1;
            chosen.Add(new VocabularyProposal(ProposalKind.Name, tag, word, locale, dice, $"together on {count} pictures, of {_tags[tag]} with the tag and {_words[(locale, word)]} with the word"));
        }

        return chosen;
    }
}
