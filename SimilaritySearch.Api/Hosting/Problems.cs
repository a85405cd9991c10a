using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>Every error answer is problem details (RFC 9457), whoever made the error and whatever the client accepts.</summary>
internal static class Problems
{
    public const string MediaType = "application/problem+json";

    /// <summary>Said of a sticker that does not exist.</summary>
    public static string NoSuchSticker(string id) => $"There is no sticker {id} in the published indexes.";

    /// <summary>404 with a reason.</summary>
    public static ProblemHttpResult NotFound(string? detail) => TypedResults.Problem(Create(StatusCodes.Status404NotFound, detail));

    public static ProblemDetails Create(int status, string? detail = null) => new()
    {
        Status = status,
        Title = ReasonPhrases.GetReasonPhrase(status),
        Detail = detail,
    };

    /// <summary>400 that names each parameter that is wrong.</summary>
    public static ProblemDetails OfParameters(IReadOnlyDictionary<string, string[]> faults, string detail) => new HttpValidationProblemDetails(faults.ToDictionary())
    {
        Status = StatusCodes.Status400BadRequest,
        Title = ReasonPhrases.GetReasonPhrase(StatusCodes.Status400BadRequest),
        Detail = detail,
    };

    /// <summary>Writes without the request's token: after a timeout that is cancelled already.</summary>
    public static Task WriteAsync(HttpContext context, ProblemDetails problem)
    {
        context.Response.StatusCode = problem.Status!.Value;
        SecurityHeaders.Write(context.Response.Headers); // whoever made the error may have cleared the answer
        problem.Instance ??= context.Request.Path;
        return context.Response.WriteAsJsonAsync(problem, problem.GetType(), options: null, MediaType, CancellationToken.None);
    }

    /// <summary>503 with the time after which to try again.</summary>
    public static Task WriteBusyAsync(HttpContext context, string detail)
    {
        context.Response.Headers.RetryAfter = "1";
        return WriteAsync(context, Create(StatusCodes.Status503ServiceUnavailable, detail));
    }

    /// <summary>Gives a body to an error that the framework made without one.</summary>
    public static Task WriteStatusAsync(HttpContext context)
    {
        var detail = context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => "Nothing is at this address; /openapi/v1.json lists what there is.",
            StatusCodes.Status405MethodNotAllowed => $"This address does not answer {context.Request.Method}.",
            StatusCodes.Status415UnsupportedMediaType => UploadReader.Accepted,
            _ => null,
        };
        return WriteAsync(context, Create(context.Response.StatusCode, detail));
    }
}
