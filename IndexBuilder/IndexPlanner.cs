using System.Globalization;
using System.Numerics;

namespace Stickers.IndexBuilder;

/// <summary>What kind of index to build.</summary>
/// <param name="Factory"><see cref="IndexPlanner.Exact"/>, or a Faiss factory string.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="TrainingVectors">Vectors of the training sample; 0 when the index needs no training.</param>
/// <param name="NProbe">Inverted lists to visit per query, tried in this order until recall suffices; empty when it means nothing.</param>
public sealed record IndexPlan(string Factory, string Reason, int TrainingVectors, IReadOnlyList<int> NProbe)
{
    /// <summary>Memory of a server that holds the index, bytes.</summary>
    public long EstimatedBytes { get; init; }

    /// <summary>Time of one query on one core with the last of <see cref="NProbe"/>, milliseconds.</summary>
    public double EstimatedMilliseconds { get; init; }

    /// <summary>Whether scores are exact and vectors come back as they went in.</summary>
    public bool KeepsWholeVectors => IsExact || CodedLists > 0 || Factory.EndsWith("Flat", StringComparison.Ordinal);

    /// <summary>Lists of a coded index; 0 for other kinds.</summary>
    public int CodedLists => Factory.StartsWith(IndexPlanner.Coded, StringComparison.Ordinal) ? int.Parse(Factory.AsSpan(IndexPlanner.Coded.Length), CultureInfo.InvariantCulture) : 0;

    /// <summary>Whether every vector is compared, so that nothing is missed.</summary>
    public bool IsExact => Factory == IndexPlanner.Exact;
}

/// <summary>Chooses the index. A pure function: the same request has the same plan everywhere.</summary>
public static class IndexPlanner
{
    /// <summary>Name of the exact index.</summary>
    public const string Exact = "Exact";

    /// <summary>Start of the name of a coded index, before the number of its lists.</summary>
    public const string Coded = "Coded";

    /// <summary>Codes a second that are compared with a query's in inverted lists.</summary>
    public const double CodesPerSecond = 100e6;

    /// <summary>Bytes a second that an exact scan is planned with: half of what one core was measured to read, so that busy machines keep the plan's promise.</summary>
    public const double ExactBytesPerSecond = 15e9;

    /// <summary>The build of Faiss that every processor runs.</summary>
    public const string Generic = "generic";

    /// <summary>Bytes a second at which inverted lists of 8-bit dimensions are scanned by the generic build of Faiss: half of what one core was measured to do among a million.</summary>
    public const double ListBytesPerSecond = 7e9;

    /// <summary>How many times as fast the fast builds do it.</summary>
    public const double FastBuild = 1.5;

    /// <summary>Bytes a row that an id map and its table of places take in memory.</summary>
    private const long IdMapBytes = 64;

    private const long SmallestForLists = 50_000;
    private const long TrainingVectorsPerList = 64; // Faiss asks for 39 at least
    private const double RecallOf8Bits = 0.98; // of the true neighbours, 8-bit scores order so many among the first ten
    private static readonly int[] Probes = [4, 8, 16, 32, 64, 128, 256];

    /// <summary>
    /// Every vector is compared while that is fast enough and fits; then inverted lists (IVF): over 8-bit vectors with the whole ones beside them, by which the best are compared again, while
    /// both fit in memory; over whole ones while those do; over 8-bit ones after that; then lists of binary codes in memory with the vectors on disk. HNSW answers at half the rate here, takes ten times as long to build, half as much memory again,
    /// and its graph is the same every time only when one thread builds it. Product quantization loses a third of the neighbours and is not chosen.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The request is outside its limits.</exception>
    /// <exception cref="InvalidOperationException">No index does what is asked; the message says what the nearest one would need.</exception>
    public static IndexPlan Plan(IndexRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (n, d) = (request.Count, request.Dimension);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1, nameof(request));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, 1_000_000_000, nameof(request));
        ArgumentOutOfRangeException.ThrowIfLessThan(d, 1, nameof(request));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(d, 4096, nameof(request));
        if (!(request.RecallFloor is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(request), request.RecallFloor, "The recall floor is between 0 and 1.");
        if (!(request.Milliseconds > 0))
            throw new ArgumentOutOfRangeException(nameof(request), request.Milliseconds, "A query takes some time.");

        var exactBytes = n * (d + 16L);
        var exactMilliseconds = n * (d + 8L) / ExactBytesPerSecond * 1000;
        var exactFits = exactBytes <= request.MemoryBytes;
        if (exactFits && (exactMilliseconds <= request.Milliseconds || n < SmallestForLists))
        {
            return new IndexPlan(Exact, $"comparing all {n:N0} vectors takes about {Time(exactMilliseconds)}, so results are exact", 0, [])
            {
                EstimatedBytes = exactBytes,
                EstimatedMilliseconds = exactMilliseconds,
            };
        }

        var faster = request.FaissVariant == Generic ? 1 : FastBuild;
        var why = exactFits ? $"comparing all {n:N0} vectors would take about {Time(exactMilliseconds)}, and {Time(request.Milliseconds)} are allowed" : $"all {n:N0} vectors in 8 bits exceed {Size(request.MemoryBytes)}";
        var lists = Lists(n);
        var refined = (n * ((d * 5L) + 8 + IdMapBytes)) + (lists * d * 5);
        if (refined <= request.MemoryBytes)
            return InLists($"IDMap2,IVF{lists},SQ8,RFlat", $"{why}: they are grouped in {lists} lists with 8 bits a dimension, and the best are compared whole ({Size(refined)}), so scores stay exact", refined, probes => (lists + (probes / (double)lists * n)) * d / ListBytesPerSecond / faster);
        var whole = (n * ((d * 4L) + 8 + 12)) + (lists * d * 4);
        if (whole <= request.MemoryBytes)
            return InLists($"IVF{lists},Flat", $"{why}: they are grouped in {lists} lists and kept whole ({Size(whole)}), so scores stay exact", whole, probes => (lists + (probes / (double)lists * n)) * d * 4 / ListBytesPerSecond / faster);
        var rounded = (n * (d + 8L + 12)) + (lists * d * 4);
        if (rounded <= request.MemoryBytes && request.RecallFloor <= RecallOf8Bits)
            return InLists($"IVF{lists},SQ8", $"{why}, and whole vectors in lists would take {Size(whole)}: they are grouped in {lists} lists and kept with 8 bits a dimension ({Size(rounded)})", rounded, probes => (lists + (probes / (double)lists * n)) * d / ListBytesPerSecond / faster);
        var coded = (n * (((d + 63L) / 64 * 8) + 16)) + (lists * d * 5);
        if (coded <= request.MemoryBytes)
        {
            return InLists(
                $"{Coded}{lists}",
                $"{why}, and {(request.RecallFloor > RecallOf8Bits ? $"8 bits a dimension do not reach a recall of {request.RecallFloor}" : $"even 8 bits a dimension would take {Size(rounded)}")}: they are grouped in {lists} lists of binary codes ({Size(coded)}), whole vectors stay on disk and are read for some hundred candidates",
                coded, probes => 1e-3 + (lists * (d + 8) / ExactBytesPerSecond) + (probes / (double)lists * n / CodesPerSecond));
        }

        throw new InvalidOperationException($"{n:N0} vectors of {d} dimensions need {Size(coded)} even as binary codes; {Size(request.MemoryBytes)} are allowed. Give the index more memory.");

        IndexPlan InLists(string factory, string reason, long bytes, Func<int, double> seconds)
        {
            var affordable = Probes.Where(p => p <= lists / 4 && seconds(p) * 1000 <= request.Milliseconds).DefaultIfEmpty(Probes[0]).ToArray();
            var visited = string.Create(CultureInfo.InvariantCulture, $"; up to {affordable[^1]} lists are visited in about {Time(seconds(affordable[^1]) * 1000)}{(factory.StartsWith(Coded, StringComparison.Ordinal) ? "" : $" by the {request.FaissVariant} build of Faiss")}");
            return new IndexPlan(factory, reason + visited, (int)Math.Min(n, lists * TrainingVectorsPerList), affordable) { EstimatedBytes = bytes, EstimatedMilliseconds = seconds(affordable[^1]) * 1000 };
        }
    }

    /// <summary>The power of two nearest above 2 sqrt(n), from 512 to 65,536: lists then hold as many vectors as there are lists, within a factor of four.</summary>
    private static long Lists(long n)
    {
        var wanted = (long)Math.Ceiling(2 * Math.Sqrt(n));
        return Math.Clamp((long)BitOperations.RoundUpToPowerOf2((ulong)wanted), 512, 65_536);
    }

    private static string Size(long bytes) => bytes < 10L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, bytes >> 20):N0} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes >> 30:N0} GiB");

    private static string Time(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0.01, milliseconds):0.##} ms");
}
