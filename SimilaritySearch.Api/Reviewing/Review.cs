namespace Stickers.SimilaritySearch.Api.Reviewing;

/// <summary>What a person said of some suggestions: one object of <c>reviews/&lt;catalogue&gt;/</c>, never changed.</summary>
internal sealed record Review
{
    /// <summary>The format that is written and read.</summary>
    public const int Version = 1;

    /// <summary>Version of this object's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>When.</summary>
    public required DateTime ReviewedUtc { get; init; }

    /// <summary>Who: the key's id and name, or what the person called themselves on an open server.</summary>
    public required string Reviewer { get; init; }

    /// <summary>Version of the model that made the suggestions.</summary>
    public required string Model { get; init; }

    /// <summary>What was decided.</summary>
    public required IReadOnlyList<ReviewDecision> Decisions { get; init; }
}

/// <summary>What was decided of one suggestion.</summary>
/// <param name="Sticker">Id of the sticker.</param>
/// <param name="Key">Its key in the source.</param>
/// <param name="Tag">Canonical tag.</param>
/// <param name="Decision">accept or reject.</param>
internal sealed record ReviewDecision(string Sticker, string Key, string Tag, string Decision);

/// <summary>A label from reviews: the last decision on a sticker's tag.</summary>
/// <param name="Sticker">Id of the sticker.</param>
/// <param name="Key">Its key in the source.</param>
/// <param name="Tag">Canonical tag.</param>
/// <param name="Decision">accept: the sticker has the tag; reject: it has not, which is a negative for training.</param>
/// <param name="Reviewer">Who said so last.</param>
/// <param name="ReviewedUtc">When.</param>
/// <param name="Model">Version of the model whose suggestion it was.</param>
public sealed record ReviewLabel(string Sticker, string Key, string Tag, string Decision, string Reviewer, DateTime ReviewedUtc, string Model);
