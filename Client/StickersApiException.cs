using System.Net;

namespace Stickers.Client;

/// <summary>The server refused or failed; the message is its own.</summary>
public sealed class StickersApiException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StickersApiException(HttpStatusCode status, string message, IReadOnlyDictionary<string, string[]>? errors = null) : base(message) => (Status, Errors) = (status, errors ?? new Dictionary<string, string[]>());

    /// <summary>HTTP status of the answer.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>What is wrong with each parameter; empty when parameters are not at fault.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; }

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsTransient => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
}
