using Stickers.Catalogue;

namespace Stickers.Tagger.Backfilling;

/// <summary>What a model's suggestions are under the vocabulary in force, which may have been edited since it was trained.</summary>
internal static class SuggestionsInForce
{
    /// <summary>
    /// Tags that were merged since are suggested under the key that stands, junk is not, and what a suggested tag implies is suggested with it, no less certain. Best first.
    /// </summary>
    public static IReadOnlyList<Suggestion> Of(StickerId id, IReadOnlyList<TagSuggestion> suggestions, TagVocabulary vocabulary)
    {
        var best = new Dictionary<string, Suggestion>(StringComparer.Ordinal);
        foreach (var suggestion in suggestions)
        {
            if (vocabulary.Normalize(suggestion.Tag) is not { } tag) continue;
            foreach (var key in vocabulary.ImpliedBy(tag).Prepend(tag))
            {
                var under = new Suggestion(id, key, suggestion.Score, suggestion.Decision);
                if (!best.TryGetValue(key, out var known)) best[key] = under;
                else best[key] = known with { Score = Math.Max(known.Score, under.Score), Decision = (SuggestionDecision)Math.Min((int)known.Decision, (int)under.Decision) };
            }
        }

        return [.. best.Values.OrderByDescending(row => row.Score).ThenBy(row => row.Tag, StringComparer.Ordinal)];
    }
}
