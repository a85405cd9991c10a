using Faiss.Interop;

namespace Faiss;

/// <summary>Clusters vectors by k-means (Lloyd's algorithm).</summary>
public sealed class KMeans
{
    private KMeans(int d, float[] centroids, double objective) => (Dimension, Centroids, Objective) = (d, centroids, objective);

    /// <summary>Vector length d.</summary>
    public int Dimension { get; }

    /// <summary>k x d values.</summary>
    public ReadOnlyMemory<float> Centroids { get; }

    /// <summary>Number of clusters k.</summary>
    public int Count => Centroids.Length / Dimension;

    /// <summary>Sum over the vectors used of the squared distance to their centroid; of the inner product if spherical.</summary>
    public double Objective { get; }

    /// <summary>Clusters n vectors into k. The same input and options give the same centroids.</summary>
    /// <param name="vectors">n x d values.</param>
    /// <param name="d">Vector length, 1 to 65536.</param>
    /// <param name="k">Clusters, 1 to n.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">The length is not n x d, n is below k, a value is not finite, or an option is out of range.</exception>
    public static KMeans Train(ReadOnlySpan<float> vectors, int d, int k, KMeansOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(d, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(d, 65536);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        options ??= new KMeansOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Iterations, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Redo, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxPointsPerCentroid, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads);
        var n = Rows.Count(vectors, d, nameof(vectors));
        if (n < k)
            throw new ArgumentException($"{n} vectors cannot make {k} clusters.", nameof(vectors));
        var centroids = new float[checked(k * d)];
        var native = new NativeKMeansParameters
        {
            Iterations = options.Iterations,
            Redo = options.Redo,
            Seed = options.Seed,
            Spherical = options.Spherical ? 1 : 0,
            MaxPointsPerCentroid = options.MaxPointsPerCentroid,
            Threads = options.Threads,
        };
        Native.Check(Native.faissnet_kmeans(d, n, vectors, k, native, centroids, out var objective));
        return new KMeans(d, centroids, objective);
    }

    /// <summary>The nearest cluster of each vector.</summary>
    /// <param name="vectors">n x d values.</param>
    /// <param name="clusters">Filled with n numbers from 0 to k - 1.</param>
    /// <param name="threads">OpenMP threads; 0 takes OpenMP's default.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public void Assign(ReadOnlySpan<float> vectors, Span<long> clusters, int threads = 1)
    {
        using var index = FaissIndex.Create(Dimension, "Flat", MetricType.L2);
        index.Add(Centroids.Span, threads);
        index.Search(vectors, 1, new float[clusters.Length], clusters, new SearchParameters { Threads = threads });
    }
}
