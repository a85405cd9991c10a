using System.Text.Json.Serialization;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Api.Answers;

/// <summary>A sticker as the API shows it.</summary>
internal sealed record StickerAnswer
{
    /// <summary>Decimal digits; a string because the number does not fit JavaScript's.</summary>
    public required string Id { get; init; }

    /// <summary>Its unique name in its source.</summary>
    public required string Key { get; init; }

    /// <summary>The set it belongs to.</summary>
    public required string Pack { get; init; }

    /// <summary>Who made it; empty when the source does not say.</summary>
    public required string Creator { get; init; }

    /// <summary>Its title, when given.</summary>
    public string? Title { get; init; }

    /// <summary>Language of title and tags (BCP 47).</summary>
    public required string Locale { get; init; }

    /// <summary>Whether it moves.</summary>
    public required bool Animated { get; init; }

    /// <summary>When it was made (UTC, ISO 8601), where its source says so.</summary>
    public string? Created { get; init; }

    /// <summary>Where its thumbnail is: a PNG of at most 160 pixels a side.</summary>
    public required string Image { get; init; }

    /// <summary>The creator's own tags, in canonical spelling.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The model's suggestions, best first; empty for stickers whose creator gave tags.</summary>
    public required IReadOnlyList<SuggestedTag> Suggestions { get; init; }

    /// <summary>Names of its tags in the language asked for, where they differ.</summary>
    public IReadOnlyDictionary<string, string>? TagNames { get; init; }

    /// <summary>The tags that count in filters: the creator's own and accepted suggestions.</summary>
    [JsonIgnore]
    public IEnumerable<string> CountedTags => Tags.Concat(Suggestions.Where(s => s.Decision == "accept").Select(s => s.Tag)).Distinct(StringComparer.Ordinal);

    public static StickerAnswer Of(StickerRecord record) => new()
    {
        Id = record.Id.ToString(),
        Key = record.Key,
        Pack = record.Pack,
        Creator = record.Creator,
        Title = record.Title,
        Locale = record.Locale,
        Animated = record.Frames > 1,
        Created = record.Created is { } created ? CreationTime.Write(created) : null,
        Image = $"/v1/stickers/{record.Id}/image",
        Tags = record.Tags,
        Suggestions = record.Suggestions,
    };
}

/// <summary>One sticker with the versions that it was read from.</summary>
/// <param name="Sticker">The sticker.</param>
/// <param name="Model">Version of the model that made its suggestions.</param>
/// <param name="Index">Version of the index that its record stands in.</param>
/// <param name="Vocabulary">Start of the hash of the vocabulary that names its tags.</param>
internal sealed record StickerDetail(StickerAnswer Sticker, string Model, string Index, string Vocabulary);

/// <summary>Many stickers.</summary>
/// <param name="Items">Those that there are, in the order asked for.</param>
/// <param name="Missing">Ids of which no index knows anything.</param>
/// <param name="Model">Version of the model that made the suggestions.</param>
/// <param name="Index">Version of the index that the records stand in.</param>
internal sealed record StickerBatch(IReadOnlyList<StickerAnswer> Items, IReadOnlyList<string> Missing, string Model, string Index);

/// <summary>Which stickers to look up.</summary>
/// <param name="Ids">1 to 1000 ids.</param>
internal sealed record BatchRequest(IReadOnlyList<string> Ids);

/// <summary>A page of the catalogue.</summary>
/// <param name="Items">The stickers, in a stable, mixed order.</param>
/// <param name="Offset">Position of the first one.</param>
/// <param name="Total">Number of stickers in the catalogue.</param>
/// <param name="Model">Version of the model that made the suggestions.</param>
/// <param name="Index">Version of the index that the records stand in.</param>
internal sealed record StickerPage(IReadOnlyList<StickerAnswer> Items, int Offset, long Total, string Model, string Index);
