namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>A request that cannot be answered as it is; the message is for the client.</summary>
internal sealed class RequestException(int status, string message, IReadOnlyDictionary<string, string[]>? faults = null) : Exception(message)
{
    /// <summary>HTTP status of the answer.</summary>
    public int Status { get; } = status;

    /// <summary>What is wrong with each parameter, when parameters are at fault.</summary>
    public IReadOnlyDictionary<string, string[]>? Faults { get; } = faults;
}
