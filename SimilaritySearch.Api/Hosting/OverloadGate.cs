using Microsoft.AspNetCore.Http;
using Stickers.SimilaritySearch.Api.Observing;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>
/// Refuses searches while their queue is full, before anything else looks at them: when most is refused, refusing must cost next to nothing. What it lets through may still be
/// refused by the queue itself.
/// </summary>
/// <param name="searches">The queue of searches.</param>
internal sealed class OverloadGate(WorkLane searches)
{
    public Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        if (!searches.IsFull || !IsSearch(context.Request))
            return next(context);
        searches.Refuse();
        RequestWatch.CountRefused();
        SecurityHeaders.Write(context.Response.Headers);
        return BusyResult.Overloaded.ExecuteAsync(context);
    }

    private static bool IsSearch(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Path.Value is { } path && (path.EndsWith("/similar", StringComparison.OrdinalIgnoreCase) || path.Equals("/v1/search", StringComparison.OrdinalIgnoreCase));
}
