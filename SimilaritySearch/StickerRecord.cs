using Stickers.Catalogue;

namespace Stickers.SimilaritySearch;

/// <summary>What a result shows of a sticker; a row of stickers.db.</summary>
public sealed record StickerRecord
{
    /// <summary>The sticker.</summary>
    public required StickerId Id { get; init; }

    /// <summary>Its key in the source.</summary>
    public required string Key { get; init; }

    /// <summary>Its pack.</summary>
    public required string Pack { get; init; }

    /// <summary>Its creator; empty when unknown.</summary>
    public required string Creator { get; init; }

    /// <summary>Its title.</summary>
    public string? Title { get; init; }

    /// <summary>Language of title and tags.</summary>
    public required string Locale { get; init; }

    /// <summary>Number of animation frames; 1 for a still image, and where the snapshot is too old to know.</summary>
    public int Frames { get; init; } = 1;

    /// <summary>When it was made (UTC, whole seconds); null when nobody knows.</summary>
    public DateTime? Created { get; init; }

    /// <summary>The creator's labels, canonical.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The model's suggestions, best first.</summary>
    public required IReadOnlyList<SuggestedTag> Suggestions { get; init; }

    /// <summary>The tags that it can be found by, each once: the creator's own and accepted suggestions.</summary>
    public IEnumerable<string> CountedTags => Tags.Concat(Suggestions.Where(suggestion => suggestion.Decision == "accept").Select(suggestion => suggestion.Tag)).Distinct(StringComparer.Ordinal);
}

/// <summary>A suggestion as shown.</summary>
/// <param name="Tag">Canonical tag.</param>
/// <param name="Score">Calibrated probability, 0 to 1.</param>
/// <param name="Decision">accept or review.</param>
public sealed record SuggestedTag(string Tag, float Score, string Decision);

/// <summary>A neighbour.</summary>
/// <param name="Id">The sticker.</param>
/// <param name="Score">Cosine similarity, -1 to 1; higher is nearer.</param>
public readonly record struct SearchHit(StickerId Id, float Score);
