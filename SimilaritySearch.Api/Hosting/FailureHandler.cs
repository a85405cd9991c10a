using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Stickers.Catalogue.Images;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>Turns exceptions into problem details. Says nothing of the inside: no types, no stack traces, no paths.</summary>
internal static class FailureHandler
{
    public static Task HandleAsync(HttpContext context, Action<Exception>? failed)
    {
        var feature = context.Features.Get<IExceptionHandlerFeature>()!;
        if (feature.Error is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return Task.CompletedTask;
        }

        return Problems.WriteAsync(context, feature.Error switch
        {
            RequestException { Faults: { } faults } e => Problems.OfParameters(faults, e.Message),
            RequestException e => Problems.Create(e.Status, e.Message),
            ImageException e => ImageProblem(e),
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problems.Create(StatusCodes.Status413PayloadTooLarge, UploadReader.TooLarge),
            BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } => ParameterProblem(context.Request.Query, feature),
            BadHttpRequestException e => Problems.Create(e.StatusCode),
            _ => Unexpected(feature.Error, failed),
        });
    }

    private static ProblemDetails ImageProblem(ImageException e)
    {
        var tooLarge = e.Fault == ImageFault.TooManyBytes;
        var problem = Problems.Create(
            tooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status422UnprocessableEntity,
            tooLarge ? UploadReader.TooLarge : e.Message);
        problem.Extensions["fault"] = e.Fault.ToString();
        return problem;
    }

    /// <summary>The framework names C# types; we name each parameter, what was found and what was expected.</summary>
    private static ProblemDetails ParameterProblem(IQueryCollection query, IExceptionHandlerFeature feature)
    {
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var parameter in feature.Endpoint?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
        {
            var type = parameter.ParameterInfo.ParameterType;
            var found = query[parameter.Name].ToString();
            var given = query.ContainsKey(parameter.Name);
            if (!given && type == typeof(string) && !parameter.ParameterInfo.HasDefaultValue && feature.RouteValues?.ContainsKey(parameter.Name) != true)
                faults[parameter.Name] = ["It is missing."];
            else if (given && type == typeof(int) && !int.TryParse(found, NumberStyles.Integer, CultureInfo.InvariantCulture, out _))
                faults[parameter.Name] = [$"'{found}' is not a whole number."];
        }

        return faults.Count == 0
            ? Problems.Create(StatusCodes.Status400BadRequest, "The request is malformed.")
            : Problems.OfParameters(faults, string.Join(" ", faults.Select(fault => $"{fault.Key}: {fault.Value[0]}")));
    }

    private static ProblemDetails Unexpected(Exception exception, Action<Exception>? failed)
    {
        failed?.Invoke(exception);
        return Problems.Create(StatusCodes.Status500InternalServerError, "The server failed on this request; its operator has been told.");
    }
}
