using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Lookups;
using Stickers.SimilaritySearch.Api.Suggesting;
using Stickers.SimilaritySearch.Filtering;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>The parameters that all searches share: what they are called, what they mean, and how they are read.</summary>
internal static class SimilarParameters
{
    private const int MostValues = 50;
    private const int LongestValue = 200;
    private const int LongestTime = 40;

    /// <summary>Which stickers may be found.</summary>
    public static IReadOnlyList<QueryParameter> Filters { get; } =
    [
        Many("pack", "Only stickers of these packs."),
        Many("creator", "Only stickers by these creators."),
        Many("locale", "Only stickers whose title and tags are in these languages (BCP 47, as the catalogue spells them)."),
        Many("any", "Only stickers with at least one of these tags: creators' own and accepted suggestions."),
        Many("all", "Only stickers with all of these tags."),
        Many("none", "Only stickers with none of these tags."),
        new("animated", "true: only stickers that move; false: only those that do not.", new OpenApiSchema { Type = JsonSchemaType.Boolean }),
        new("createdAfter", CreatedHelp, new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = LongestTime }),
    ];

    /// <summary>What <c>createdAfter</c> means.</summary>
    private const string CreatedHelp = "Only stickers made after this moment (ISO 8601, UTC unless it says otherwise); those of which nobody knows when do not count.";

    public const string LanguageHelp = "Language (BCP 47) that tags are named in, in `tagNames`, and that words are in.";
    public const string CountryHelp = "Country (ISO 3166-1, two letters): tags that may not be shown there are left out. Unknown: only tags that may be shown everywhere.";

    /// <summary>Who is shown the answer.</summary>
    public static IReadOnlyList<QueryParameter> Audiences { get; } =
    [
        new("lang", LanguageHelp, new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 35 }),
        new("country", CountryHelp, new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[A-Za-z]{2}$" }),
    ];

    /// <summary>Stickers that say by example what is wanted.</summary>
    public static IReadOnlyList<QueryParameter> Examples { get; } =
    [
        Many("like", "Id of a sticker that the results are to be like.") with { Required = true },
        Many("unlike", "Id of a sticker that they are not to be like; it pushes away half as much."),
    ];

    /// <summary>What is searched for in words.</summary>
    public static IReadOnlyList<QueryParameter> Words { get; } =
    [
        new("q", "Words in any language that the vocabulary knows; the last one may be unfinished.", new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = StickerDatabase.MaxTextLength }, Required: true),
    ];

    /// <summary>What is being typed.</summary>
    public static IReadOnlyList<QueryParameter> Typing { get; } =
    [
        new("text", "The message so far, finished or not; only its end is looked at.", new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = Suggester.MaxText }),
        new("locale", "Language of the message (BCP 47); names in other languages count less.", new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 35 }),
        new("k", "How many to return at most.", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = $"{Suggester.MaxCount}", Default = 10 }),
    ];

    /// <summary>Which page, and what counts as one result.</summary>
    public static IReadOnlyList<QueryParameter> Paging { get; } =
    [
        new("k", "Results of one page, at most.", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = $"{SimilarQuery.MaxCount}", Default = SimilarQuery.StandardCount }),
        new("cursor", "`next` of the page before.", new OpenApiSchema { Type = JsonSchemaType.String }),
        new("collapse", "Whether near-duplicates are shown as one, with their ids in `copies`.", new OpenApiSchema { Type = JsonSchemaType.Boolean, Default = true }),
    ];

    /// <summary>What is near, and how near.</summary>
    public static IReadOnlyList<QueryParameter> Nearness { get; } =
    [
        new("space", "visual: what looks alike; semantic: what means alike.", Enum("visual", "semantic", "visual")),
        new("blend", "Instead of `space`: share of the meaning in the score, 0 to 1; the rest is the look.", new OpenApiSchema { Type = JsonSchemaType.Number, Minimum = "0", Maximum = "1" }),
        new("minScore", "Smallest score of a result.", new OpenApiSchema { Type = JsonSchemaType.Number, Minimum = "-1", Maximum = "1" }),
        new("diversify", "At most two stickers of one pack, or of one creator.", Enum("pack", "creator", null)),
        new("candidates", "Where to look in an index too large to compare all: in its nearest lists, among the stickers that share a tag with what is asked about, or both.",
            new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["lists", "tags", "both"], Default = "lists" }),
        new("explain", "Whether each result says why it was found.", new OpenApiSchema { Type = JsonSchemaType.Boolean, Default = false }),
    ];

    /// <summary>Reads who is shown the answer.</summary>
    public static Audience ReadAudience(QueryReader query)
    {
        var country = query.Text("country", 2);
        if (country is not null && (country.Length != 2 || !country.All(char.IsAsciiLetter)))
            query.Fault("country", "It must be a code of two letters.", 0);
        return new Audience(query.Text("lang", 35), country);
    }

    private static DateTime? ReadTime(QueryReader query, string name)
    {
        if (query.Text(name, LongestTime) is not { } text)
            return null;
        return CreationTime.Read(text) ?? query.Fault<DateTime?>(name, $"It must be a date such as {CreationTime.Expected}.", null);
    }

    /// <summary>Reads them all.</summary>
    public static SimilarQuery Read(QueryReader query, HttpRequest request, int count = SimilarQuery.StandardCount)
    {
        var space = query.Choice("space", SpaceNames.Visual, SpaceNames.Semantic);
        return new SimilarQuery
        {
            Blend = query.Real("blend", 0, 1) ?? (space == SpaceNames.Semantic ? 1 : 0),
            Count = query.Whole("k", 1, SimilarQuery.MaxCount, count),
            Cursor = query.Text("cursor", 100),
            MinScore = query.Real("minScore", -1, 1),
            Collapse = query.Truth("collapse") ?? true,
            Diversify = query.Choice("diversify", "pack", "creator") switch { "pack" => Variety.Pack, "creator" => Variety.Creator, _ => null },
            Candidates = query.Choice("candidates", "lists", "tags", "both") switch { "tags" => CandidateSource.Tags, "both" => CandidateSource.Both, _ => CandidateSource.Lists },
            Audience = ReadAudience(query),
            Explain = query.Truth("explain") ?? false,
            Filter = new StickerFilter
            {
                Packs = query.Texts("pack", MostValues, LongestValue),
                Creators = query.Texts("creator", MostValues, LongestValue),
                Locales = query.Texts("locale", MostValues, LongestValue),
                AnyTag = query.Texts("any", MostValues, LongestValue),
                AllTags = query.Texts("all", MostValues, LongestValue),
                NoTag = query.Texts("none", MostValues, LongestValue),
                Animated = query.Truth("animated"),
                CreatedAfter = ReadTime(query, "createdAfter"),
            },
            Text = TextOf(request.Query),
        };
    }

    /// <summary>What decides which results there are, in an order of its own.</summary>
    private static string TextOf(IQueryCollection query)
    {
        var parts = new List<string>();
        foreach (var (name, values) in query)
        {
            if (name is not ("cursor" or "k" or "explain"))
                parts.Add($"{name}={string.Join('\n', values!)}");
        }

        parts.Sort(StringComparer.Ordinal);
        return string.Join('&', parts);
    }

    /// <summary>Ids of stickers that a parameter lists.</summary>
    public static IReadOnlyList<StickerId> Ids(QueryReader query, string name, int most)
    {
        var ids = new List<StickerId>();
        foreach (var text in query.Texts(name, most, 19))
        {
            if (StickerId.TryParse(text, out var id)) ids.Add(id);
            else return query.Fault<IReadOnlyList<StickerId>>(name, "Each must be a sticker's id: decimal digits.", []);
        }

        return ids;
    }

    private static QueryParameter Many(string name, string description) =>
        new(name, description + $" May be given up to {MostValues} times.", new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String }, MaxItems = MostValues });

    private static OpenApiSchema Enum(string one, string other, string? standard) => new() { Type = JsonSchemaType.String, Enum = [one, other], Default = standard is null ? null : JsonValue.Create(standard) };
}
