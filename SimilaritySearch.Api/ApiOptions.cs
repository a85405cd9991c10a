using Stickers.Storage;

namespace Stickers.SimilaritySearch.Api;

/// <summary>How the lookup API is served.</summary>
public sealed record ApiOptions
{
    /// <summary>The store whose published indexes are served.</summary>
    public required ObjectStore Store { get; init; }

    /// <summary>Where to listen: one <c>http://host:port</c>; port 0 takes a free one. Only this machine by default.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8080";

    /// <summary>Uploads that are read, decoded and embedded at the same time; at least 1.</summary>
    public int MaxConcurrentUploads { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Uploads that wait for their turn; one more is answered 503. 0 or more.</summary>
    public int MaxQueuedUploads { get; init; } = 16;

    /// <summary>Longest time for one request, waiting included; positive.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Called once with the actual address when requests are accepted.</summary>
    public Action<Uri>? Listening { get; init; }

    /// <summary>Called for each request that ended in an unexpected exception (the client sees only a 500).</summary>
    public Action<Exception>? RequestFailed { get; init; }

    /// <summary>Checks all values.</summary>
    /// <exception cref="ApiStartException">Lists every fault.</exception>
    internal void Validate()
    {
        var faults = new List<string>();
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/")
            faults.Add($"the URL must look like http://127.0.0.1:8080, found '{Url}'");
        if (MaxConcurrentUploads < 1)
            faults.Add($"{nameof(MaxConcurrentUploads)} must be at least 1, found {MaxConcurrentUploads}");
        if (MaxQueuedUploads < 0)
            faults.Add($"{nameof(MaxQueuedUploads)} must not be negative, found {MaxQueuedUploads}");
        if (RequestTimeout <= TimeSpan.Zero)
            faults.Add($"{nameof(RequestTimeout)} must be positive, found {RequestTimeout}");
        if (faults.Count > 0)
            throw new ApiStartException($"The API cannot start: {string.Join("; ", faults)}.");
    }
}
