namespace Stickers.SimilaritySearch;

/// <summary>Where a search takes its candidates from.</summary>
public enum CandidateSource
{
    /// <summary>The inverted lists nearest to the query, or all vectors where there are no lists.</summary>
    Lists,

    /// <summary>The stickers that share a tag with what is asked about.</summary>
    Tags,

    /// <summary>Both.</summary>
    Both,
}

/// <summary>Candidates by tag document: the stickers that have one of some tags, instead of those in the nearest lists or beside them.</summary>
/// <param name="Tags">Canonical tags.</param>
/// <param name="ListsToo">Whether the nearest lists are looked at as well.</param>
public sealed record TagCandidates(IReadOnlyList<string> Tags, bool ListsToo);
