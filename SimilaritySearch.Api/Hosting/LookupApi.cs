using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Stickers.SimilaritySearch.Api.Access;
using Stickers.SimilaritySearch.Api.Answers;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>The HTTP endpoints.</summary>
internal static class LookupApi
{
    /// <summary>The table of contents.</summary>
    public static void MapLookupApi(this IEndpointRouteBuilder routes, LookupService lookup)
    {
        var (similar, text) = (new SimilarEndpoints(lookup), new TextEndpoints(lookup));
        var v1 = routes.MapGroup("/v1").ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(429).ProducesProblem(503);
        v1.WithMetadata(new RequiredScope(ApiScopes.Read));
        v1.MapGet("/stickers", StickerEndpoints.Browse).Describe("Browse", "A page of all stickers, in a stable, mixed order.");
        v1.MapGet("/stickers/{id}", StickerEndpoints.FindAsync).Describe("Find", "One sticker: its creator's tags and the model's suggestions.").Produces(304).ProducesProblem(404);
        v1.MapPost("/stickers/batch", StickerEndpoints.Batch).Describe("FindMany", "Up to 1000 stickers at once, in the order asked for.");
        v1.MapGet("/stickers/{id}/image", StickerEndpoints.ImageAsync).Describe("Image", "A sticker's thumbnail: PNG, at most 160 pixels a side.").Produces<Stream>(200, "image/png").Produces(304).ProducesProblem(404);
        v1.MapGet("/stickers/{id}/similar", similar.ToSticker).Describe("SimilarToSticker", "The neighbours of a sticker, itself left out.")
            .Takes(SimilarParameters.Nearness, SimilarParameters.Paging, SimilarParameters.Filters).ProducesProblem(404).ProducesProblem(409).DisableValidation().WithMetadata(new ShortByDefault());
        v1.MapGet("/similar", similar.ToExamples).Describe("SimilarToExamples", "What is like some stickers, and not like others.")
            .Takes(SimilarParameters.Examples, SimilarParameters.Nearness, SimilarParameters.Paging, SimilarParameters.Filters).ProducesProblem(404).ProducesProblem(409).ProducesProblem(422);
        v1.MapPost("/similar", similar.ToImageAsync).Describe("SimilarToImage", "The neighbours of an uploaded image.")
            .TakesImage().Takes(SimilarParameters.Nearness, SimilarParameters.Paging, SimilarParameters.Filters).ProducesProblem(409);
        v1.MapGet("/search", text.Search).Describe("Search", "Stickers for words: those that carry them, then those that the model finds to mean them.")
            .Takes(SimilarParameters.Words, SimilarParameters.Paging, SimilarParameters.Filters).ProducesProblem(409);
        v1.MapGet("/suggest", text.Suggest).Describe("Suggest", "Stickers for a message that is being typed.").Takes(SimilarParameters.Typing);
        v1.MapGet("/tags", text.Tags).Describe("TopTags", "The most frequent tags of the catalogue.");
        v1.MapPost("/tags", text.OfImageAsync).Describe("SuggestTags", "Suggested tags for an uploaded image, with calibrated scores.").TakesImage();
        v1.MapGet("/map", StickerEndpoints.Map).Describe("Map", "Stickers on a plane, of large catalogues a sample: what is alike lies close together.");
        v1.MapGet("/reviews", ReviewEndpoints.QueueAsync).Describe("ReviewQueue", "Suggestions that wait for a person, the likeliest first.");
        v1.MapPost("/reviews", ReviewEndpoints.AddAsync).Describe("AddReview", "Keeps what a person decided on suggestions. Nothing is overwritten: the last decision counts.")
            .WithMetadata(new RequiredScope(ApiScopes.Write)).Produces(204).ProducesProblem(404).ProducesProblem(422);
        v1.MapGet("/status", StickerEndpoints.Status).Describe("Status", "What is being served: model, indexes, counts.");
        routes.MapPost("/v1/session", SessionEndpoints.Begin).Describe("BeginSession", "Puts a key into a cookie that scripts cannot read: for the page.").Produces(204).ProducesProblem(400).ProducesProblem(401);
        routes.MapDelete("/v1/session", SessionEndpoints.End).Describe("EndSession", "Takes the cookie away.").Produces(204);
        routes.MapGet("/healthz", () => TypedResults.Ok(new HealthAnswer("ok"))).Describe("Health", "Answers as long as the server serves.");
        routes.MapGet("/readyz", Ready).Describe("Ready", "Whether lookups are answered: a checked pair of indexes is loaded, and the server is not about to stop.").ProducesProblem(503);
        routes.MapOpenApi("/openapi/{documentName}.json");
    }

    /// <summary>Whether a request goes to one of the endpoints that need a key.</summary>
    public static bool IsLookup(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>() is not null;

    /// <summary>Whether a request asks for the neighbours of a sticker and says no more than how many.</summary>
    public static bool IsShort(HttpContext context) =>
        context.Request.QueryString.Value is null or "" or ['?', 'k', '=', ..] and { Length: <= 6 } && context.GetEndpoint()?.Metadata.GetMetadata<ShortByDefault>() is not null;

    /// <summary>Whether lookups are answered.</summary>
    public static Results<Ok<HealthAnswer>, BusyResult> Ready(LookupService lookup) =>
        lookup.Draining ? BusyResult.Draining : lookup.Pairs.IsReady ? TypedResults.Ok(new HealthAnswer("ready")) : BusyResult.NotReady;

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string name, string summary) =>
        route.WithName(name).WithSummary(summary).WithTags("lookup");

    /// <summary>Marks an endpoint that does one short search unless its parameters ask for more.</summary>
    private sealed class ShortByDefault;

    /// <summary>Parameters that the endpoint reads itself.</summary>
    private static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, params IReadOnlyList<QueryParameter>[] parameters) =>
        route.WithMetadata(new QueryParameters([.. parameters.SelectMany(some => some), .. SimilarParameters.Audiences]));

    private static RouteHandlerBuilder TakesImage(this RouteHandlerBuilder route) =>
        route.RequireRateLimiting(ApiApplication.UploadLimit)
            .WithMetadata(new ImageUploadMetadata())
            .ProducesProblem(413).ProducesProblem(415).ProducesProblem(422)
            .DisableAntiforgery();
}
