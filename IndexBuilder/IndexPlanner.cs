using System.Globalization;

namespace Stickers.IndexBuilder;

/// <summary>What kind of index to build.</summary>
/// <param name="Factory">Faiss factory string.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="TrainingVectors">Vectors of the training sample; 0 when the index needs no training.</param>
/// <param name="NProbe">Inverted lists to visit per query, tried in this order until recall suffices; empty when it means nothing.</param>
public sealed record IndexPlan(string Factory, string Reason, int TrainingVectors, IReadOnlyList<int> NProbe)
{
    /// <summary>Whether scores are exact and vectors come back as they went in.</summary>
    public bool KeepsWholeVectors => Factory.EndsWith("Flat", StringComparison.Ordinal);
}

/// <summary>Chooses the index by the number of vectors and their length.</summary>
public static class IndexPlanner
{
    /// <summary>Up to this size, bytes, all vectors are compared with every query: about 25 ms on one core with Debian's Faiss.</summary>
    public const long ExactBytes = 128L << 20;

    /// <summary>Up to this size, bytes, whole vectors are kept; above it one byte per dimension.</summary>
    public const long WholeVectorBytes = 16L << 30;

    /// <summary>
    /// Flat while it answers fast enough; then inverted lists (IVF), over whole vectors while they fit in memory and over 8-bit ones after
    /// that. HNSW answers IVF's questions about as fast here, but takes 8 times as long to build, half as much memory again, and its graph
    /// is the same every time only when one thread builds it. Product quantization loses a third of the neighbours and is not chosen.
    /// </summary>
    /// <param name="n">Vectors, 1 to 10^9.</param>
    /// <param name="d">Dimensions, 1 to 4096.</param>
    /// <exception cref="ArgumentOutOfRangeException">n or d is outside those limits.</exception>
    public static IndexPlan Plan(long n, int d)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, 1_000_000_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(d, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(d, 4096);
        var bytes = n * d * sizeof(float);
        if (bytes <= ExactBytes || n < SmallestForLists)
            return new IndexPlan("IDMap2,Flat", $"{Megabytes(bytes)} of vectors: every one is compared with a query in milliseconds, so results are exact", 0, []);

        var lists = Lists(n);
        var probes = Probes.Where(p => p <= lists / 4).ToArray();
        var training = (int)Math.Min(n, lists * TrainingVectorsPerList);
        return bytes <= WholeVectorBytes
            ? new IndexPlan($"IVF{lists},Flat", $"{Megabytes(bytes)} of vectors are too many to compare each: they are grouped in {lists} lists and kept whole, so scores stay exact", training, probes)
            : new IndexPlan($"IVF{lists},SQ8", $"{Megabytes(bytes)} of vectors exceed the memory planned for: they are grouped in {lists} lists and kept with 8 bits per dimension", training, probes);
    }

    private const long SmallestForLists = 50_000;
    private static readonly int[] Probes = [8, 16, 32, 64, 128, 256];

    private const long TrainingVectorsPerList = 64; // Faiss asks for 39 at least

    /// <summary>The power of two nearest above 2 sqrt(n), from 512 to 65,536: lists then hold as many vectors as there are lists, within a factor of four.</summary>
    private static long Lists(long n)
    {
        var wanted = (long)Math.Ceiling(2 * Math.Sqrt(n));
        return Math.Clamp((long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)wanted), 512, 65_536);
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, bytes >> 20):N0} MiB");
}
