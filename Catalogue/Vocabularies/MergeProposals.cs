namespace Stickers.Catalogue.Vocabularies;

/// <summary>Finds tags that may be one: spelt nearly alike, or always on the same pictures.</summary>
internal static class MergeProposals
{
    private const int Most = 500;
    private const int ShortestMisspelt = 5;
    private const double AlwaysTogether = 0.9;
    private const int EnoughTogether = 5;

    internal static IReadOnlyList<VocabularyProposal> Of(TagStatistics statistics, int minimumSupport)
    {
        var proposals = new Dictionary<string, VocabularyProposal>();
        foreach (var (rare, frequent, how, certainty) in Alike(statistics.Tags))
        {
            // Who spell one thing differently are in the same company; a horse and a house are not.
            var company = statistics.SameCompany(rare, frequent);
            // One picture each says little of the company that a tag keeps.
            var pictures = Math.Min(statistics.Pictures(rare), statistics.Pictures(frequent));
            var confidence = certainty * (0.3 + (0.7 * company * pictures / (pictures + 1)));
            if (confidence < 0.25) continue;
            Keep(new VocabularyProposal(ProposalKind.Merge, Name(rare), Name(frequent), null, confidence,
                FormattableString.Invariant($"{how}; on {statistics.Tags[rare].Stickers} and {statistics.Tags[frequent].Stickers} stickers, {statistics.Together(rare, frequent)} together; company alike by {company:0.00}")));
        }

        for (var a = 0; a < statistics.Tags.Count; a++)
        {
            if (statistics.Tags[a].Stickers < minimumSupport) continue;
            foreach (var b in statistics.Company(a).Where(b => b < a && statistics.Tags[b].Stickers >= minimumSupport))
            {
                var together = statistics.Together(a, b);
                var either = statistics.Pictures(a) + statistics.Pictures(b) - together;
                var jaccard = (double)together / either;
                if (together < EnoughTogether || jaccard < AlwaysTogether) continue;
                Keep(new VocabularyProposal(ProposalKind.Merge, Name(a), Name(b), null, 0.8 * jaccard, $"always together: on {together} of {either} pictures that have one of them"));
            }
        }

        return [.. proposals.Values.OrderByDescending(proposal => proposal.Confidence).ThenBy(proposal => proposal.Tag, StringComparer.Ordinal).Take(Most)];

        string Name(int tag) => statistics.Tags[tag].Tag;

        void Keep(VocabularyProposal proposal)
        {
            if (!proposals.TryGetValue(proposal.Tag, out var other) || other.Confidence < proposal.Confidence) proposals[proposal.Tag] = proposal;
        }
    }

    /// <summary>Pairs of tags spelt nearly alike; tags come most frequent first, so the lower index is the more frequent one.</summary>
    private static IEnumerable<(int Rare, int Frequent, string How, double Certainty)> Alike(IReadOnlyList<(string Tag, int Stickers, int Creators)> tags)
    {
        var byForm = new Dictionary<string, List<int>>();
        for (var i = 0; i < tags.Count; i++)
        {
            foreach (var form in Forms(tags[i].Tag).Distinct())
            {
                if (!byForm.TryGetValue(form, out var same)) byForm[form] = same = [];
                same.Add(i);
            }
        }

        var seen = new HashSet<(int, int)>();
        foreach (var same in byForm.Values)
        {
            for (var i = 1; i < same.Count; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    if (seen.Add((same[i], same[j])) && Compare(tags[same[i]].Tag, tags[same[j]].Tag) is var (how, certainty))
                        yield return (same[i], same[j], how, certainty);
                }
            }
        }
    }

    /// <summary>What two spellings that differ little have in common: the text without spaces, its singular, and it with any one character left out.</summary>
    private static IEnumerable<string> Forms(string tag)
    {
        var joined = Joined(tag);
        yield return joined;
        foreach (var singular in Singulars(joined)) yield return singular;
        if (joined.Length < ShortestMisspelt) yield break;
        for (var i = 0; i < joined.Length; i++) yield return joined.Remove(i, 1);
    }

    /// <summary>How two spellings are alike and how sure that makes one of a merge, or null.</summary>
    internal static (string How, double Certainty)? Compare(string a, string b)
    {
        var (first, second) = (Joined(a), Joined(b));
        if (first == second) return ("written together or apart", 1);
        if (Singulars(first).Contains(second) || Singulars(second).Contains(first)) return ("singular and plural", 0.9);
        if (Math.Min(first.Length, second.Length) < ShortestMisspelt || a.Any(char.IsDigit) || b.Any(char.IsDigit)) return null;
        return Distance(first, second) == 1 ? ("one letter apart", first.Length >= 8 ? 0.8 : 0.6) : null;
    }

    private static string Joined(string tag) => tag.Replace(" ", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal).Replace("’", "", StringComparison.Ordinal);

    private static IEnumerable<string> Singulars(string word)
    {
        if (word.Length < 4) yield break;
        if (word.EndsWith("ies", StringComparison.Ordinal)) yield return word[..^3] + "y";
        if (word.EndsWith("es", StringComparison.Ordinal)) yield return word[..^2];
        if (word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal)) yield return word[..^1];
    }

    /// <summary>0, 1 (one letter more, less, other, or two neighbours swapped) or 2 for more.</summary>
    private static int Distance(string a, string b)
    {
        if (a == b) return 0;
        var (longer, shorter) = a.Length >= b.Length ? (a, b) : (b, a);
        if (longer.Length - shorter.Length > 1) return 2;
        var i = 0;
        while (i < shorter.Length && longer[i] == shorter[i]) i++;
        if (longer.Length > shorter.Length) return longer.AsSpan(i + 1).SequenceEqual(shorter.AsSpan(i)) ? 1 : 2;
        if (longer.AsSpan(i + 1).SequenceEqual(shorter.AsSpan(i + 1))) return 1;
        return i + 1 < longer.Length && longer[i] == shorter[i + 1] && longer[i + 1] == shorter[i] && longer.AsSpan(i + 2).SequenceEqual(shorter.AsSpan(i + 2)) ? 1 : 2;
    }
}
