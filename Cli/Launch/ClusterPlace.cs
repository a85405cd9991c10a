namespace Stickers.Cli.Launch;

/// <summary>Where on Kubernetes a job runs, and with what.</summary>
/// <param name="Image">Image in which <c>stickers</c> is on the path, together with the job.</param>
internal sealed record ClusterPlace(string Image)
{
    /// <summary>Null for the one that kubectl would take.</summary>
    public string? Namespace { get; init; }

    /// <summary>Secret whose entries become environment variables.</summary>
    public string? Secret { get; init; }

    /// <summary>Claim that all nodes mount, and where.</summary>
    public (string Claim, string Path)? Volume { get; init; }

    /// <summary>How often the job is started again after a failure, 0 or more.</summary>
    public int Restarts { get; init; } = 3;
}
