using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Duplicates;

/// <summary>All pairs of stickers that are at least so near, found by asking an index for the neighbours of every sticker.</summary>
internal sealed class LookAlikes
{
    private const int Batch = 128;
    private const int FirstNeighbours = 16;
    private const int MostNeighbours = 4096;

    /// <summary>Pairs that are kept at most, 32 bytes each while they are looked for. More mean that the threshold is too low to say anything.</summary>
    public const int MostPairs = 50_000_000;

    private readonly long[] _ids;

    private LookAlikes(long[] ids, List<LookAlike> pairs) => (_ids, Pairs) = (ids, pairs);

    /// <summary>Copies the vector at a place.</summary>
    internal delegate void CopyVector(int place, Span<float> vector);

    /// <summary>The nearest k places of each of several vectors, best first.</summary>
    internal delegate IReadOnlyList<(int Place, float Score)>[] FindNearest(ReadOnlySpan<float> queries, int k);

    /// <summary>The pairs, in order.</summary>
    public IReadOnlyList<LookAlike> Pairs { get; }

    /// <summary>Number of stickers.</summary>
    public int Count => _ids.Length;

    public StickerId IdOf(int place) => new(_ids[place]);

    /// <summary>Compares visual vectors.</summary>
    /// <exception cref="InvalidOperationException">There are too many pairs.</exception>
    public static LookAlikes Find(SegmentSet index, float threshold, Action<long> progress, CancellationToken cancellation)
    {
        var ids = index.Ids().Select(id => id.Value).ToArray();
        Array.Sort(ids);
        return new LookAlikes(ids, AllPairs(
            ids.Length,
            index.Dimension,
            (place, vector) => index.TryCopyVector(new StickerId(ids[place]), vector),
            (queries, k) => Array.ConvertAll(index.SearchMany(queries, k, cancellation), hits => hits.Select(hit => (Array.BinarySearch(ids, hit.Id.Value), hit.Score)).ToList()),
            threshold,
            recoloured: false,
            progress,
            cancellation));
    }

    /// <summary>With more pairs; of a pair that is there already, the one that is there stays.</summary>
    public LookAlikes With(IEnumerable<LookAlike> more)
    {
        var known = Pairs.Select(pair => (pair.A, pair.B)).ToHashSet();
        return new LookAlikes(_ids, [.. Pairs.Concat(more.Where(pair => !known.Contains((pair.A, pair.B)))).OrderBy(pair => pair.A).ThenBy(pair => pair.B)]);
    }

    /// <summary>All pairs of places whose vectors are as near, in order.</summary>
    /// <exception cref="InvalidOperationException">There are too many.</exception>
    internal static List<LookAlike> AllPairs(
        int count, int dimension, CopyVector copy, FindNearest nearest, float threshold, bool recoloured, Action<long> progress, CancellationToken cancellation)
    {
        var pairs = new List<LookAlike>();
        var vectors = new float[Batch * dimension];
        for (var first = 0; first < count; first += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var size = Math.Min(Batch, count - first);
            for (var i = 0; i < size; i++) copy(first + i, vectors.AsSpan(i * dimension, dimension));
            var found = nearest(vectors.AsSpan(0, size * dimension), FirstNeighbours);
            for (var i = 0; i < size; i++)
            {
                var hits = found[i];
                for (var k = FirstNeighbours * 4; hits.Count > 0 && hits[^1].Score >= threshold && hits.Count >= k / 4 && k <= MostNeighbours; k *= 4)
                    hits = nearest(vectors.AsSpan(i * dimension, dimension), k)[0];
                foreach (var (other, score) in hits.TakeWhile(hit => hit.Score >= threshold))
                {
                    if (other != first + i) pairs.Add(new LookAlike(Math.Min(other, first + i), Math.Max(other, first + i), score, recoloured));
                }
            }

            if (pairs.Count > 2L * MostPairs)
                throw new InvalidOperationException($"More than {MostPairs:N0} pairs of stickers are as near as {threshold:0.###} after {first + size:N0} of {count:N0} stickers: raise the threshold.");
            progress(first + size);
        }

        // Most pairs are found from both ends, some from one: an index may miss.
        pairs.Sort((one, other) => (one.A, one.B, one.Score).CompareTo((other.A, other.B, other.Score)));
        var kept = 0;
        for (var i = 0; i < pairs.Count; i++)
        {
            if (i == 0 || (pairs[i].A, pairs[i].B) != (pairs[i - 1].A, pairs[i - 1].B)) pairs[kept++] = pairs[i];
        }

        pairs.RemoveRange(kept, pairs.Count - kept);
        return pairs;
    }
}
