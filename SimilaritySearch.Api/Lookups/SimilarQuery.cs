using Stickers.SimilaritySearch.Filtering;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>How answers to one query are chosen and arranged.</summary>
internal sealed record SimilarQuery
{
    /// <summary>Most results of one page.</summary>
    public const int MaxCount = 200;

    /// <summary>Results of one page when nothing is said.</summary>
    public const int StandardCount = 20;

    /// <summary>Share of the semantic space in the score: 0 for visual alone, 1 for semantic alone.</summary>
    public float Blend { get; init; }

    /// <summary>Results of this page, 1 to <see cref="MaxCount"/>.</summary>
    public int Count { get; init; } = StandardCount;

    /// <summary>Where the page goes on; null for the first.</summary>
    public string? Cursor { get; init; }

    /// <summary>Smallest score, or null.</summary>
    public float? MinScore { get; init; }

    /// <summary>Whether near-duplicates are shown as one.</summary>
    public bool Collapse { get; init; } = true;

    /// <summary>What is to be varied, or null.</summary>
    public Variety? Diversify { get; init; }

    /// <summary>Whether each result says why it is there.</summary>
    public bool Explain { get; init; }

    /// <summary>Where to look.</summary>
    public CandidateSource Candidates { get; init; }

    /// <summary>Which stickers may be found.</summary>
    public StickerFilter Filter { get; init; } = StickerFilter.None;

    /// <summary>Who is shown the answer.</summary>
    public Audience Audience { get; init; } = Audience.Unknown;

    /// <summary>All that decides which results there are and in which order, but not where the page begins; as the client wrote it.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whether it asks for no more than most do: one search, for one short page.</summary>
    public bool IsBrief => Blend is 0 or 1 && Count <= 2 * StandardCount && Cursor is null && Filter.IsEmpty && Diversify is null && Candidates == CandidateSource.Lists && !Explain;

    /// <summary>The spaces that are searched, in the words of the API.</summary>
    public string SpaceName => Blend switch { 0 => "visual", 1 => "semantic", _ => "blend" };
}

/// <summary>What results can be varied by.</summary>
internal enum Variety
{
    /// <summary>At most two stickers of one pack.</summary>
    Pack,

    /// <summary>At most two stickers of one creator.</summary>
    Creator,
}
