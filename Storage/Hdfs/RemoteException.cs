using System.Net;
using System.Text.Json;

namespace Stickers.Storage.Hdfs;

/// <summary>What a node of HDFS answered instead of doing what it was asked: WebHDFS, "Error Responses".</summary>
/// <param name="status">Status of HTTP.</param>
/// <param name="name">Hadoop's name of the fault, such as FileNotFoundException; empty when the answer was none of WebHDFS.</param>
/// <param name="text">Hadoop's own words.</param>
internal sealed class RemoteException(HttpStatusCode status, string name, string text) : Exception($"{(int)status} {name}: {text}")
{
    internal HttpStatusCode Status { get; } = status;

    internal string Name { get; } = name;

    internal string Text { get; } = text;

    internal bool IsMissing => Name == "FileNotFoundException";

    internal bool IsTaken => Name is "FileAlreadyExistsException";

    /// <summary>Another name node does the work now.</summary>
    internal bool IsStandby => Name == "StandbyException";

    /// <summary>Passes by itself: the cluster starts, a name node takes over, a lease is being recovered, a server is overworked.</summary>
    internal bool IsTransient => Name is "StandbyException" or "RetriableException" or "SafeModeException" or "RecoveryInProgressException" or "AlreadyBeingCreatedException" or "ObserverRetryOnActiveException"
        || Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
        || (Status == HttpStatusCode.InternalServerError && Name.Length == 0);

    /// <summary>Reads <c>{"RemoteException": {"exception": …, "javaClassName": …, "message": …}}</c>.</summary>
    internal static async Task<RemoteException> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
            using var json = JsonDocument.Parse(bytes);
            var said = json.RootElement.GetProperty("RemoteException");
            // The first line: what follows is a Java stack trace.
            var text = (said.TryGetProperty("message", out var message) ? message.GetString() : null) ?? "";
            return new RemoteException(response.StatusCode, said.GetProperty("exception").GetString() ?? "", text.Split('\n')[0].Trim());
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new RemoteException(response.StatusCode, "", response.ReasonPhrase ?? "");
        }
    }
}
