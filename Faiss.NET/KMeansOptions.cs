namespace Faiss;

/// <summary>How to cluster.</summary>
public sealed record KMeansOptions
{
    /// <summary>Rounds of assigning and averaging, at least 1.</summary>
    public int Iterations { get; init; } = 25;

    /// <summary>Starts with other centroids, at least 1; the best result is kept.</summary>
    public int Redo { get; init; } = 1;

    /// <summary>Decides the sample and the first centroids.</summary>
    public int Seed { get; init; } = 1234;

    /// <summary>Centroids of length 1, nearest by inner product: for unit vectors.</summary>
    public bool Spherical { get; init; }

    /// <summary>A random sample of this many vectors per centroid is used, at least 1; more vectors hardly change the result.</summary>
    public int MaxPointsPerCentroid { get; init; } = 256;

    /// <summary>OpenMP threads; 0 takes OpenMP's default.</summary>
    public int Threads { get; init; }
}
