using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Access;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Lookups;
using Stickers.SimilaritySearch.Api.Reviewing;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>Suggestions that people accept or reject.</summary>
internal static class ReviewEndpoints
{
    private const int MostDecisions = 200;
    private const int LongestReviewer = 100;

    public static Task<Results<Ok<ReviewQueue>, BusyResult>> QueueAsync(
        LookupService lookup,
        ReviewDesk desk,
        [Description("Only suggestions of this canonical tag.")][StringLength(60)] string? tag = null,
        [Description("How many to return at most.")][Range(1, 100)] int k = 20,
        [Description(SimilarParameters.LanguageHelp)][StringLength(35)] string? lang = null,
        [Description(SimilarParameters.CountryHelp)][RegularExpression("^[A-Za-z]{2}$")] string? country = null,
        CancellationToken cancellation = default) =>
        WithPairAsync(lookup, async pair => TypedResults.Ok(await desk.QueueAsync(pair, tag, k, new Audience(lang, country), cancellation)));

    public static Task<Results<NoContent, BusyResult>> AddAsync(LookupService lookup, ReviewDesk desk, ReviewRequest review, HttpContext context, CancellationToken cancellation)
    {
        if (review.Decisions is not { Count: >= 1 and <= MostDecisions })
            throw Wrong("decisions", $"From 1 to {MostDecisions} decisions are expected, found {review.Decisions?.Count ?? 0}.");
        var decisions = new List<(StickerId, string, bool)>();
        foreach (var decision in review.Decisions)
        {
            if (decision is null || !StickerId.TryParse(decision.Sticker, out var id) || string.IsNullOrEmpty(decision.Tag) || decision.Decision is not ("accept" or "reject"))
                throw Wrong("decisions", "Each needs a sticker's id, a tag, and the decision accept or reject.");
            decisions.Add((id, decision.Tag, decision.Decision == "accept"));
        }

        var reviewer = AccessGate.CallerOf(context) is { } caller ? $"{caller.Key.Name} ({caller.Key.Id})" : review.Reviewer?.Trim();
        if (reviewer is not { Length: >= 1 and <= LongestReviewer + 20 })
            throw Wrong("reviewer", $"Who decides must be said, in at most {LongestReviewer} characters.");
        return WithPairAsync(lookup, async pair =>
        {
            await desk.AddAsync(pair, decisions, reviewer, cancellation);
            return TypedResults.NoContent();
        });
    }

    private static async Task<Results<T, BusyResult>> WithPairAsync<T>(LookupService lookup, Func<ServedPair, Task<T>> work) where T : IResult
    {
        if (lookup.Pairs.Lease() is not { } pair)
            return BusyResult.NotReady;
        try
        {
            return await work(pair);
        }
        finally
        {
            pair.Release();
        }
    }

    private static RequestException Wrong(string parameter, string message) =>
        new(StatusCodes.Status400BadRequest, $"{parameter}: {message}", new Dictionary<string, string[]> { [parameter] = [message] });
}
