using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>The HTTP endpoints.</summary>
internal static class LookupApi
{
    private const string IdPattern = "^[0-9]{1,19}$";
    private const string IdHelp = "A sticker's id: decimal digits.";
    private const string SpaceHelp = "visual: what looks alike; semantic: what means alike.";
    private const string CountHelp = "How many to return at most.";

    /// <summary>The table of contents.</summary>
    public static void MapLookupApi(this IEndpointRouteBuilder routes)
    {
        var v1 = routes.MapGroup("/v1").ProducesProblem(400).ProducesProblem(503);
        v1.MapGet("/stickers", Browse).Describe("Browse", "A page of all stickers, in a stable, mixed order.");
        v1.MapGet("/stickers/{id}", Find).Describe("Find", "One sticker: its creator's tags and the model's suggestions.").ProducesProblem(404);
        v1.MapGet("/stickers/{id}/image", Image).Describe("Image", "A sticker's thumbnail: PNG, at most 160 pixels a side.").Produces<Stream>(200, "image/png").Produces(304).ProducesProblem(404);
        v1.MapGet("/stickers/{id}/similar", SimilarToSticker).Describe("SimilarToSticker", "The neighbours of a sticker, itself left out.").ProducesProblem(404);
        v1.MapPost("/similar", SimilarToImageAsync).Describe("SimilarToImage", "The neighbours of an uploaded image.").TakesImage();
        v1.MapGet("/search", Search).Describe("Search", "Stickers for words: those that carry them, then those that the model finds to mean them.");
        v1.MapGet("/tags", Tags).Describe("TopTags", "The most frequent tags of the catalogue.");
        v1.MapPost("/tags", SuggestAsync).Describe("SuggestTags", "Suggested tags for an uploaded image, with calibrated scores.").TakesImage();
        v1.MapGet("/status", Status).Describe("Status", "What is being served: model, indexes, counts.");
        routes.MapGet("/healthz", () => TypedResults.Ok(new HealthAnswer("ok"))).Describe("Health", "Answers as long as the server serves.");
        routes.MapOpenApi("/openapi/{documentName}.json");
    }

    private static Ok<StickerPage> Browse(
        LookupService lookup,
        [Description("Position to start at.")][Range(0, int.MaxValue)] int offset = 0,
        [Description(CountHelp)][Range(1, 100)] int count = 60) =>
        TypedResults.Ok(lookup.Browse(offset, count));

    private static Results<Ok<StickerDetail>, ProblemHttpResult> Find(
        LookupService lookup, [Description(IdHelp)][RegularExpression(IdPattern)] string id) =>
        StickerId.TryParse(id, out var sticker) && lookup.Find(sticker) is { } found ? TypedResults.Ok(found) : Problems.NoSuchSticker(id);

    private static Results<FileContentHttpResult, ProblemHttpResult> Image(
        LookupService lookup, HttpContext context, [Description(IdHelp)][RegularExpression(IdPattern)] string id)
    {
        if (!StickerId.TryParse(id, out var sticker) || lookup.Thumbnail(sticker) is not { } png)
            return Problems.NoSuchSticker(id);
        context.Response.Headers.CacheControl = "public, max-age=3600, stale-while-revalidate=86400";
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(png))}\"");
        return TypedResults.Bytes(png, "image/png", entityTag: tag);
    }

    private static Results<Ok<NeighbourAnswer>, ProblemHttpResult> SimilarToSticker(
        LookupService lookup,
        [Description(IdHelp)][RegularExpression(IdPattern)] string id,
        [Description(SpaceHelp)][AllowedValues(SpaceNames.Visual, SpaceNames.Semantic)] string space = SpaceNames.Visual,
        [Description(CountHelp)][Range(1, 200)] int k = 20) =>
        StickerId.TryParse(id, out var sticker) && lookup.Similar(sticker, SpaceNames.Parse(space), k) is { } found ? TypedResults.Ok(found) : Problems.NoSuchSticker(id);

    private static async Task<Ok<NeighbourAnswer>> SimilarToImageAsync(
        LookupService lookup,
        HttpRequest request,
        CancellationToken cancellation,
        [Description(SpaceHelp)][AllowedValues(SpaceNames.Visual, SpaceNames.Semantic)] string space = SpaceNames.Visual,
        [Description(CountHelp)][Range(1, 200)] int k = 20)
    {
        var image = await UploadReader.ReadAsync(request, cancellation);
        return TypedResults.Ok(lookup.Similar(image, SpaceNames.Parse(space), k));
    }

    private static Ok<SearchAnswer> Search(
        LookupService lookup,
        [Description("Words; the last one may be unfinished.")][StringLength(200, MinimumLength = 1)] string q,
        [Description(CountHelp)][Range(1, 200)] int k = 60) =>
        TypedResults.Ok(lookup.Search(q, k));

    private static Ok<TopTags> Tags(LookupService lookup, [Description(CountHelp)][Range(1, 200)] int k = 40) =>
        TypedResults.Ok(lookup.TopTags(k));

    private static async Task<Ok<SuggestionAnswer>> SuggestAsync(LookupService lookup, HttpRequest request, CancellationToken cancellation)
    {
        var image = await UploadReader.ReadAsync(request, cancellation);
        return TypedResults.Ok(lookup.Suggest(image));
    }

    private static Ok<StatusAnswer> Status(LookupService lookup) => TypedResults.Ok(lookup.Status());

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string name, string summary) =>
        route.WithName(name).WithSummary(summary).WithTags("lookup");

    private static void TakesImage(this RouteHandlerBuilder route) =>
        route.RequireRateLimiting(ApiApplication.UploadLimit)
            .WithMetadata(new ImageUploadMetadata())
            .ProducesProblem(413).ProducesProblem(415).ProducesProblem(422)
            .DisableAntiforgery();
}
