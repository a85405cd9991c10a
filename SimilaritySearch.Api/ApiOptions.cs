using Stickers.Storage;

namespace Stickers.SimilaritySearch.Api;

/// <summary>How the lookup API is served.</summary>
public sealed record ApiOptions
{
    /// <summary>The store whose published indexes are served.</summary>
    public required ObjectStore Store { get; init; }

    /// <summary>Where to listen: one <c>http://host:port</c>; port 0 takes a free one. Only this machine by default.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8080";

    /// <summary>Where the administration listens: metrics, health, reload; one <c>http://host:port</c>, or null for nowhere. Keep it off the public network.</summary>
    public string? AdminUrl { get; init; }

    /// <summary>Where requests are logged as lines of JSON; null for nowhere. Stays the caller's.</summary>
    public Stream? RequestLog { get; init; }

    /// <summary>Share of the searches that are compared with every sticker to measure live recall, 0 to 1.</summary>
    public double RecallProbeShare { get; init; } = 0.001;

    /// <summary>Shortest time from one such comparison to the next; longer where one takes long.</summary>
    public TimeSpan RecallProbePause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The cores that lookups may have, by which the work that runs at once is measured; at least 1.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Longest time that a lookup is expected to wait for a worker; one that would wait longer is answered 503 at once. Positive.</summary>
    public TimeSpan LookupWait { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Lookups that wait at most, however fast they are; 0 or more.</summary>
    public int MaxQueuedLookups { get; init; } = 1024;

    /// <summary>Longest time that a decoded upload is expected to wait for a worker. Positive.</summary>
    public TimeSpan UploadWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often is looked whether something was published; positive.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a server that was told to stop goes on answering while it says that it is not ready, so that balancers learn of it; 0 or more.</summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.Zero;

    /// <summary>Uploads that are read, decoded and embedded at the same time; at least 1.</summary>
    public int MaxConcurrentUploads { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Uploads that wait for their turn; one more is answered 503. 0 or more.</summary>
    public int MaxQueuedUploads { get; init; } = 16;

    /// <summary>Longest time for one request, waiting included; positive.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Called once with the actual address when requests are accepted.</summary>
    public Action<Uri>? Listening { get; init; }

    /// <summary>Called once with the actual address of the administration.</summary>
    public Action<Uri>? AdminListening { get; init; }

    /// <summary>Called with a sentence for the operator: an index was swapped, or cannot be.</summary>
    public Action<string>? Notice { get; init; }

    /// <summary>Called for each request that ended in an unexpected exception (the client sees only a 500).</summary>
    public Action<Exception>? RequestFailed { get; init; }

    /// <summary>Checks all values.</summary>
    /// <exception cref="ApiStartException">Lists every fault.</exception>
    internal void Validate()
    {
        var faults = new List<string>();
        foreach (var url in AdminUrl is null ? (string[])[Url] : [Url, AdminUrl])
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/")
                faults.Add($"the URL must look like http://127.0.0.1:8080, found '{url}'");
        }

        if (RecallProbeShare is not (>= 0 and <= 1))
            faults.Add($"{nameof(RecallProbeShare)} must be from 0 to 1, found {RecallProbeShare}");
        if (Workers < 1)
            faults.Add($"{nameof(Workers)} must be at least 1, found {Workers}");
        if (MaxQueuedLookups < 0)
            faults.Add($"{nameof(MaxQueuedLookups)} must not be negative, found {MaxQueuedLookups}");
        foreach (var (name, time) in new[] { (nameof(LookupWait), LookupWait), (nameof(UploadWait), UploadWait), (nameof(WatchInterval), WatchInterval) })
        {
            if (time <= TimeSpan.Zero)
                faults.Add($"{name} must be positive, found {time}");
        }

        if (DrainDelay < TimeSpan.Zero)
            faults.Add($"{nameof(DrainDelay)} must not be negative, found {DrainDelay}");
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
