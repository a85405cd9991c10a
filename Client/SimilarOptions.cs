namespace Stickers.Client;

/// <summary>What is searched for and how results are chosen.</summary>
public sealed record SimilarOptions
{
    /// <summary>visual (the standard) or semantic.</summary>
    public string? Space { get; init; }

    /// <summary>Instead of <see cref="Space"/>: share of the meaning in the score, 0 to 1.</summary>
    public double? Blend { get; init; }

    /// <summary>Results of a page, 1 to 200; the server's standard when null.</summary>
    public int? Count { get; init; }

    /// <summary>Where the page goes on: <c>Next</c> of the page before.</summary>
    public string? Cursor { get; init; }

    /// <summary>Smallest score.</summary>
    public double? MinScore { get; init; }

    /// <summary>Whether near-duplicates are shown as one; true when null.</summary>
    public bool? Collapse { get; init; }

    /// <summary>pack or creator: at most two of one.</summary>
    public string? Diversify { get; init; }

    /// <summary>Where to look in an index too large to compare all: lists (the standard), tags or both.</summary>
    public string? Candidates { get; init; }

    /// <summary>Whether each result says why it was found.</summary>
    public bool Explain { get; init; }

    /// <summary>Only these packs.</summary>
    public IReadOnlyList<string> Pack { get; init; } = [];

    /// <summary>Only these creators.</summary>
    public IReadOnlyList<string> Creator { get; init; } = [];

    /// <summary>Only these languages.</summary>
    public IReadOnlyList<string> Locale { get; init; } = [];

    /// <summary>At least one of these tags.</summary>
    public IReadOnlyList<string> Any { get; init; } = [];

    /// <summary>All of these tags.</summary>
    public IReadOnlyList<string> All { get; init; } = [];

    /// <summary>None of these tags.</summary>
    public IReadOnlyList<string> None { get; init; } = [];

    /// <summary>Only stickers that move, or only those that do not.</summary>
    public bool? Animated { get; init; }

    /// <summary>Only stickers made after this moment; those of which nobody knows when are left out.</summary>
    public DateTime? CreatedAfter { get; init; }

    /// <summary>Language that tags are named in.</summary>
    public string? Lang { get; init; }

    /// <summary>Country whose policy applies.</summary>
    public string? Country { get; init; }

    internal Parameters Parameters() => new Parameters()
        .Add("space", Space).Add("blend", Blend).Add("k", Count).Add("cursor", Cursor).Add("minScore", MinScore).Add("collapse", Collapse)
        .Add("diversify", Diversify).Add("candidates", Candidates).Add("explain", Explain ? true : null).Add("pack", Pack).Add("creator", Creator).Add("locale", Locale)
        .Add("any", Any).Add("all", All).Add("none", None).Add("animated", Animated)
        .Add("createdAfter", CreatedAfter?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture))
        .Add("lang", Lang).Add("country", Country);
}
