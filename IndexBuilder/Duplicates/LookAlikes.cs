using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Duplicates;

/// <summary>All pairs of stickers that are at least so near, found by asking an index for the neighbours of every sticker.</summary>
internal sealed class LookAlikes
{
    private const int Batch = 128;
    private const int FirstNeighbours = 16;
    private const int MostNeighbours = 4096;

    /// <summary>Pairs that are kept at most, 24 bytes each while they are looked for. More mean that the threshold is too low to say anything.</summary>
    public const int MostPairs = 50_000_000;

    private readonly long[] _ids;
    private readonly List<(int A, int B, float Score)> _pairs;

    private LookAlikes(long[] ids, List<(int A, int B, float Score)> pairs) => (_ids, _pairs) = (ids, pairs);

    /// <summary>Pairs by the stickers' places in the order of their ids, the smaller first.</summary>
    public IReadOnlyList<(int A, int B, float Score)> Pairs => _pairs;

    /// <summary>Number of stickers.</summary>
    public int Count => _ids.Length;

    public StickerId IdOf(int place) => new(_ids[place]);

    /// <exception cref="InvalidOperationException">There are too many pairs.</exception>
    public static LookAlikes Find(SegmentSet index, float threshold, Action<long> progress, CancellationToken cancellation)
    {
        var ids = index.Ids().Select(id => id.Value).ToArray();
        Array.Sort(ids);
        var pairs = new List<(int, int, float)>();
        var vectors = new float[Batch * index.Dimension];
        for (var first = 0; first < ids.Length; first += Batch)
        {
            var count = Math.Min(Batch, ids.Length - first);
            for (var i = 0; i < count; i++)
                index.TryCopyVector(new StickerId(ids[first + i]), vectors.AsSpan(i * index.Dimension, index.Dimension));
            var found = index.SearchMany(vectors.AsSpan(0, count * index.Dimension), FirstNeighbours, cancellation);
            for (var i = 0; i < count; i++)
            {
                var hits = found[i];
                for (var k = FirstNeighbours * 4; hits.Count > 0 && hits[^1].Score >= threshold && hits.Count >= k / 4 && k <= MostNeighbours; k *= 4)
                    hits = index.Search(vectors.AsSpan(i * index.Dimension, index.Dimension), k, cancellation: cancellation);
                foreach (var hit in hits.TakeWhile(hit => hit.Score >= threshold))
                {
                    var other = Array.BinarySearch(ids, hit.Id.Value);
                    if (other != first + i)
                        pairs.Add((Math.Min(other, first + i), Math.Max(other, first + i), hit.Score));
                }
            }

            if (pairs.Count > 2L * MostPairs)
                throw new InvalidOperationException($"More than {MostPairs:N0} pairs of stickers are as near as {threshold:0.###} after {first + count:N0} of {ids.Length:N0} stickers: raise the threshold.");
            progress(first + count);
        }

        // Most pairs are found from both ends, some from one: an index may miss.
        pairs.Sort();
        var kept = 0;
        for (var i = 0; i < pairs.Count; i++)
        {
            if (i == 0 || (pairs[i].Item1, pairs[i].Item2) != (pairs[i - 1].Item1, pairs[i - 1].Item2))
                pairs[kept++] = pairs[i];
        }

        pairs.RemoveRange(kept, pairs.Count - kept);
        return new LookAlikes(ids, pairs);
    }
}
