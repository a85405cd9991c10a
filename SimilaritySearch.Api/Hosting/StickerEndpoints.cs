using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Lookups;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>Stickers as they stand in the catalogue.</summary>
internal static class StickerEndpoints
{
    public const string IdPattern = "^[0-9]{1,19}$";
    public const string IdHelp = "A sticker's id: decimal digits.";

    /// <summary>Most stickers of one batch.</summary>
    public const int MostOfABatch = 1000;

    public static Task<Results<Ok<StickerPage>, ProblemHttpResult, BusyResult>> Browse(
        LookupService lookup,
        [Description("Position to start at.")][Range(0, int.MaxValue)] int offset = 0,
        [Description("How many to return at most.")][Range(1, 100)] int count = 60,
        [Description(SimilarParameters.LanguageHelp)][StringLength(35)] string? lang = null,
        [Description(SimilarParameters.CountryHelp)][RegularExpression("^[A-Za-z]{2}$")] string? country = null,
        CancellationToken cancellation = default) =>
        lookup.AnswerAsync(lookup.Light, pair => StickerLookup.Browse(pair, offset, count, new Audience(lang, country)), missing: null, cancellation);

    public static async Task<Results<Ok<StickerDetail>, StatusCodeHttpResult, ProblemHttpResult, BusyResult>> FindAsync(
        LookupService lookup,
        HttpContext context,
        [Description(IdHelp)][RegularExpression(IdPattern)] string id,
        [Description(SimilarParameters.LanguageHelp)][StringLength(35)] string? lang = null,
        [Description(SimilarParameters.CountryHelp)][RegularExpression("^[A-Za-z]{2}$")] string? country = null,
        CancellationToken cancellation = default)
    {
        var found = await lookup.AnswerAsync(
            lookup.Light, pair => StickerId.TryParse(id, out var sticker) ? StickerLookup.Find(pair, sticker, new Audience(lang, country)) : null, Problems.NoSuchSticker(id), cancellation);
        if (found.Result is ProblemHttpResult problem)
            return problem;
        if (found.Result is not Ok<StickerDetail> { Value: { } detail } ok)
            return (BusyResult)found.Result;
        // A record changes only with index, model and vocabulary; language and country stand in the address.
        var tag = new EntityTagHeaderValue($"\"{detail.Index}-{detail.Model}-{detail.Vocabulary}\"");
        context.Response.Headers.ETag = tag.ToString();
        context.Response.Headers.CacheControl = "private, no-cache";
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : ok;
    }

    public static Task<Results<Ok<StickerBatch>, ProblemHttpResult, BusyResult>> Batch(
        LookupService lookup,
        BatchRequest batch,
        [Description(SimilarParameters.LanguageHelp)][StringLength(35)] string? lang = null,
        [Description(SimilarParameters.CountryHelp)][RegularExpression("^[A-Za-z]{2}$")] string? country = null,
        CancellationToken cancellation = default)
    {
        if (batch.Ids is not { Count: >= 1 and <= MostOfABatch })
            throw Wrong($"From 1 to {MostOfABatch} ids are expected, found {batch.Ids?.Count ?? 0}.");
        var ids = new StickerId[batch.Ids.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            if (!StickerId.TryParse(batch.Ids[i], out ids[i]))
                throw Wrong($"Number {i + 1} is no sticker's id: decimal digits are expected.");
        }

        return lookup.AnswerAsync(lookup.Light, pair => StickerLookup.FindAll(pair, ids, new Audience(lang, country)), missing: null, cancellation);

        static RequestException Wrong(string message) => new(StatusCodes.Status400BadRequest, $"ids: {message}", new Dictionary<string, string[]> { ["ids"] = [message] });
    }

    public static async Task<Results<FileContentHttpResult, ProblemHttpResult, BusyResult>> ImageAsync(
        LookupService lookup, HttpContext context, [Description(IdHelp)][RegularExpression(IdPattern)] string id, CancellationToken cancellation)
    {
        var found = await lookup.AnswerAsync(lookup.Light, pair => StickerId.TryParse(id, out var sticker) ? StickerLookup.Thumbnail(pair, sticker) : null, Problems.NoSuchSticker(id), cancellation);
        if (found.Result is ProblemHttpResult problem)
            return problem;
        if (found.Result is not Ok<byte[]> { Value: { } png })
            return (BusyResult)found.Result;
        context.Response.Headers.CacheControl = "private, max-age=3600, stale-while-revalidate=86400";
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(png))}\"");
        return TypedResults.Bytes(png, "image/png", entityTag: tag);
    }

    public static Task<Results<Ok<MapAnswer>, ProblemHttpResult, BusyResult>> Map(
        LookupService lookup,
        [Description("visual: by looks; semantic: by meaning.")][AllowedValues(SpaceNames.Visual, SpaceNames.Semantic)] string space = SpaceNames.Visual,
        CancellationToken cancellation = default) =>
        lookup.AnswerAsync(lookup.Upload, pair => pair.Map.Of(pair, SpaceNames.Parse(space), cancellation), missing: null, cancellation);

    public static Task<Results<Ok<StatusAnswer>, ProblemHttpResult, BusyResult>> Status(LookupService lookup, CancellationToken cancellation) =>
        lookup.AnswerAsync(lookup.Light, StickerLookup.Status, missing: null, cancellation);
}
