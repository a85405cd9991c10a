using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>503 with the time after which to try again. Its bytes are made once: refusing must stay cheap when there is most to refuse.</summary>
internal sealed class BusyResult : IResult
{
    private readonly byte[] _body;

    private BusyResult(string detail) => _body = JsonSerializer.SerializeToUtf8Bytes(Problems.Create(StatusCodes.Status503ServiceUnavailable, detail), JsonSerializerOptions.Web);

    /// <summary>More is asked than can be answered in time.</summary>
    public static BusyResult Overloaded { get; } = new("The server is asked for more than it can answer in time; try again shortly.");

    /// <summary>No index is loaded yet.</summary>
    public static BusyResult NotReady { get; } = new("The indexes are still being loaded; try again shortly.");

    /// <summary>The server is about to stop.</summary>
    public static BusyResult Draining { get; } = new("The server is about to stop; ask another one.");

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers.RetryAfter = "1";
        response.ContentType = Problems.MediaType;
        response.ContentLength = _body.Length;
        return response.Body.WriteAsync(_body).AsTask();
    }
}
