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
using Stickers.SimilaritySearch.Api.Lookups;

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
        routes.MapGet("/readyz", Ready).Describe("Ready", "Whether lookups are answered: a checked pair of indexes is loaded, and the server is not about to stop.").ProducesProblem(503);
        routes.MapOpenApi("/openapi/{documentName}.json");
    }

    private static Task<Results<Ok<StickerPage>, ProblemHttpResult, BusyResult>> Browse(
        LookupService lookup,
        [Description("Position to start at.")][Range(0, int.MaxValue)] int offset = 0,
        [Description(CountHelp)][Range(1, 100)] int count = 60,
        CancellationToken cancellation = default) =>
        lookup.AnswerAsync(lookup.Light, pair => StickerLookup.Browse(pair, offset, count), missing: null, cancellation);

    private static Task<Results<Ok<StickerDetail>, ProblemHttpResult, BusyResult>> Find(
        LookupService lookup, [Description(IdHelp)][RegularExpression(IdPattern)] string id, CancellationToken cancellation) =>
        lookup.AnswerAsync(lookup.Light, pair => StickerId.TryParse(id, out var sticker) ? StickerLookup.Find(pair, sticker) : null, Problems.NoSuchSticker(id), cancellation);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult, BusyResult>> Image(
        LookupService lookup, HttpContext context, [Description(IdHelp)][RegularExpression(IdPattern)] string id, CancellationToken cancellation)
    {
        var found = await lookup.AnswerAsync(lookup.Light, pair => StickerId.TryParse(id, out var sticker) ? StickerLookup.Thumbnail(pair, sticker) : null, Problems.NoSuchSticker(id), cancellation);
        if (found.Result is ProblemHttpResult problem)
            return problem;
        if (found.Result is not Ok<byte[]> { Value: { } png })
            return (BusyResult)found.Result;
        context.Response.Headers.CacheControl = "public, max-age=3600, stale-while-revalidate=86400";
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(png))}\"");
        return TypedResults.Bytes(png, "image/png", entityTag: tag);
    }

    private static Task<Results<Ok<NeighbourAnswer>, ProblemHttpResult, BusyResult>> SimilarToSticker(
        LookupService lookup,
        [Description(IdHelp)][RegularExpression(IdPattern)] string id,
        [Description(SpaceHelp)][AllowedValues(SpaceNames.Visual, SpaceNames.Semantic)] string space = SpaceNames.Visual,
        [Description(CountHelp)][Range(1, 200)] int k = 20,
        CancellationToken cancellation = default) =>
        lookup.AnswerAsync(
            lookup.Search, pair => StickerId.TryParse(id, out var sticker) ? SimilarLookup.ToSticker(pair, sticker, SpaceNames.Parse(space), k) : null, Problems.NoSuchSticker(id), cancellation);

    private static async Task<Results<Ok<NeighbourAnswer>, ProblemHttpResult, BusyResult>> SimilarToImageAsync(
        LookupService lookup,
        HttpRequest request,
        [Description(SpaceHelp)][AllowedValues(SpaceNames.Visual, SpaceNames.Semantic)] string space = SpaceNames.Visual,
        [Description(CountHelp)][Range(1, 200)] int k = 20,
        CancellationToken cancellation = default)
    {
        var image = await UploadReader.ReadAsync(request, cancellation);
        return await lookup.AnswerAsync(lookup.Upload, pair =>
        {
            var prediction = UploadLookup.Predict(pair, image, cancellation);
            var vector = space == SpaceNames.Visual ? prediction.Visual : prediction.Semantic;
            return SimilarLookup.Neighbours(pair, SpaceNames.Parse(space), vector, k, exclude: null);
        }, missing: null, cancellation);
    }

    private static Task<Results<Ok<SearchAnswer>, ProblemHttpResult, BusyResult>> Search(
        LookupService lookup,
        [Description("Words; the last one may be unfinished.")][StringLength(200, MinimumLength = 1)] string q,
        [Description(CountHelp)][Range(1, 200)] int k = 60,
        CancellationToken cancellation = default) =>
        lookup.AnswerAsync(lookup.Search, pair => TextLookup.Search(pair, q, k), missing: null, cancellation);

    private static Task<Results<Ok<TopTags>, ProblemHttpResult, BusyResult>> Tags(
        LookupService lookup, [Description(CountHelp)][Range(1, 200)] int k = 40, CancellationToken cancellation = default) =>
        lookup.AnswerAsync(lookup.Light, pair => StickerLookup.TopTags(pair, k), missing: null, cancellation);

    private static async Task<Results<Ok<SuggestionAnswer>, ProblemHttpResult, BusyResult>> SuggestAsync(LookupService lookup, HttpRequest request, CancellationToken cancellation)
    {
        var image = await UploadReader.ReadAsync(request, cancellation);
        return await lookup.AnswerAsync(lookup.Upload, pair => UploadLookup.Tags(pair, image, cancellation), missing: null, cancellation);
    }

    private static Task<Results<Ok<StatusAnswer>, ProblemHttpResult, BusyResult>> Status(LookupService lookup, CancellationToken cancellation) =>
        lookup.AnswerAsync(lookup.Light, StickerLookup.Status, missing: null, cancellation);

    private static Results<Ok<HealthAnswer>, BusyResult> Ready(LookupService lookup) =>
        lookup.Draining ? BusyResult.Draining : lookup.Pairs.IsReady ? TypedResults.Ok(new HealthAnswer("ready")) : BusyResult.NotReady;

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string name, string summary) =>
        route.WithName(name).WithSummary(summary).WithTags("lookup");

    private static void TakesImage(this RouteHandlerBuilder route) =>
        route.RequireRateLimiting(ApiApplication.UploadLimit)
            .WithMetadata(new ImageUploadMetadata())
            .ProducesProblem(413).ProducesProblem(415).ProducesProblem(422)
            .DisableAntiforgery();
}
