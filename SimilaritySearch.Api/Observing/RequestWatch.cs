using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Stickers.SimilaritySearch.Api.Access;

namespace Stickers.SimilaritySearch.Api.Observing;

/// <summary>Counts, times and logs each request.</summary>
internal sealed class RequestWatch(RequestLog? log)
{
    private static readonly Histogram<double> Requests = LookupTelemetry.Meter.CreateHistogram<double>("stickers.lookup.request", "s", "Time of a request by route and status.");

    /// <summary>Route of requests that were refused before anybody knew which one it is. They are counted, not logged.</summary>
    private const string Refused = "refused";

    public static void CountRefused() => Requests.Record(0, new("method", "GET"), new("route", Refused), new("status", StatusCodes.Status503ServiceUnavailable));

    public async Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var elapsed = Stopwatch.GetElapsedTime(started);
            // What stands in an address is the client's: only patterns become labels.
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
            var status = context.Response.StatusCode;
            Requests.Record(elapsed.TotalSeconds, new("method", MethodOf(context)), new("route", route), new("status", status));
            log?.Add(new LoggedRequest(
                DateTime.UtcNow, MethodOf(context), route, status, Math.Round(elapsed.TotalMilliseconds, 3), context.Response.ContentLength,
                AccessGate.CallerOf(context)?.Key.Id, Activity.Current?.TraceId.ToString()));
        }
    }

    private static string MethodOf(HttpContext context) => context.Request.Method is "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "OPTIONS" ? context.Request.Method : "other";
}
