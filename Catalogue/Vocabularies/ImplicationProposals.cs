namespace Stickers.Catalogue.Vocabularies;

/// <summary>Finds tags that nearly always bring along a more general one.</summary>
internal static class ImplicationProposals
{
    private const int Most = 1000;
    private const int EnoughPictures = 5;
    private const double Nearly = 0.9;

    /// <summary>A tag that is as often alone is no more general: then the two are one, or go together by chance.</summary>
    private const double MoreGeneral = 0.5;

    internal static IReadOnlyList<VocabularyProposal> Of(TagStatistics statistics, int minimumSupport)
    {
        var proposals = new List<VocabularyProposal>();
        for (var tag = 0; tag < statistics.Tags.Count; tag++)
        {
            if (statistics.Tags[tag].Stickers < minimumSupport || statistics.Pictures(tag) < EnoughPictures) continue;
            foreach (var other in statistics.Company(tag))
            {
                var together = statistics.Together(tag, other);
                // Laplace's rule: 5 of 5 is less sure than 50 of 50.
                var brings = (together + 1.0) / (statistics.Pictures(tag) + 2);
                if ((double)together / statistics.Pictures(tag) < Nearly || (double)together / statistics.Pictures(other) > MoreGeneral) continue;
                proposals.Add(new VocabularyProposal(ProposalKind.Implication, statistics.Tags[tag].Tag, statistics.Tags[other].Tag, null, brings,
                    $"{together} of {statistics.Pictures(tag)} pictures have both; {statistics.Pictures(other)} have the general one"));
            }
        }

        return [.. proposals.OrderByDescending(proposal => proposal.Confidence).ThenBy(proposal => proposal.Tag, StringComparer.Ordinal).ThenBy(proposal => proposal.Other, StringComparer.Ordinal).Take(Most)];
    }
}
