using System.Numerics.Tensors;

namespace Stickers.Tagger.Evaluating;

/// <summary>A row of the gallery that was found.</summary>
/// <param name="Row">Its row in the gallery.</param>
/// <param name="Score">Higher is nearer.</param>
public readonly record struct Neighbour(int Row, float Score);

/// <summary>
/// Exact search: every query meets every row of the gallery. Equal scores come in row order. Blocks of the gallery stay in
/// the cache while a group of queries passes over them; groups run in parallel and change no result.
/// </summary>
public static class NeighbourSearch
{
    private const int QueriesInGroup = 32;
    private const int BlockBytes = 256 << 10;

    /// <summary>The <paramref name="k"/> rows with the greatest inner product (the cosine, when all vectors have unit length), best first.</summary>
    /// <param name="gallery">Where to search.</param>
    /// <param name="queries">What to search for; the same dimension.</param>
    /// <param name="k">At least 1; fewer come back only when fewer are allowed.</param>
    /// <param name="allowed">(query row, gallery row): false keeps the row out of this query's answer.</param>
    /// <param name="cancellation">Stops the search.</param>
    public static Neighbour[][] ByInnerProduct(VectorTable gallery, VectorTable queries, int k, Func<int, int, bool>? allowed = null, CancellationToken cancellation = default)
        => Search(gallery, queries, k, null, allowed, cancellation);

    /// <summary>The <paramref name="k"/> rows at the smallest Euclidean distance, nearest first; the score is minus half the squared distance, up to rounding.</summary>
    /// <inheritdoc cref="ByInnerProduct"/>
    public static Neighbour[][] ByDistance(VectorTable gallery, VectorTable queries, int k, Func<int, int, bool>? allowed = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(gallery);
        ArgumentNullException.ThrowIfNull(queries);
        // -|q - g|² / 2 = q·g - |g|²/2 - |q|²/2; the last term is the same for all rows.
        var halfNorms = new float[gallery.Count];
        for (var row = 0; row < halfNorms.Length; row++)
            halfNorms[row] = TensorPrimitives.SumOfSquares(gallery[row]) / 2;
        var found = Search(gallery, queries, k, halfNorms, allowed, cancellation);
        for (var query = 0; query < found.Length; query++)
        {
            var offset = TensorPrimitives.SumOfSquares(queries[query]) / 2;
            for (var i = 0; i < found[query].Length; i++)
                found[query][i] = found[query][i] with { Score = found[query][i].Score - offset };
        }
        return found;
    }

    private static Neighbour[][] Search(VectorTable gallery, VectorTable queries, int k, float[]? subtract, Func<int, int, bool>? allowed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(gallery);
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (gallery.Dimension != queries.Dimension)
            throw new ArgumentException($"Queries have {queries.Dimension} numbers, the gallery's vectors {gallery.Dimension}.", nameof(queries));

        var results = new Neighbour[queries.Count][];
        var groups = (queries.Count + QueriesInGroup - 1) / QueriesInGroup;
        var block = Math.Max(1, BlockBytes / (gallery.Dimension * sizeof(float)));
        Parallel.For(0, groups, new ParallelOptions { CancellationToken = cancellation }, group =>
        {
            var first = group * QueriesInGroup;
            var count = Math.Min(QueriesInGroup, queries.Count - first);
            var best = new BestList[count];
            for (var i = 0; i < count; i++)
                best[i] = new BestList(Math.Min(k, gallery.Count));
            for (var start = 0; start < gallery.Count; start += block)
            {
                var end = Math.Min(gallery.Count, start + block);
                for (var i = 0; i < count; i++)
                {
                    var query = queries[first + i];
                    for (var row = start; row < end; row++)
                    {
                        var score = TensorPrimitives.Dot(query, gallery[row]) - (subtract is null ? 0 : subtract[row]);
                        if (best[i].Wants(score) && (allowed is null || allowed(first + i, row)))
                            best[i].Insert(new Neighbour(row, score));
                    }
                }
            }
            for (var i = 0; i < count; i++)
                results[first + i] = best[i].ToArray();
        });
        return results;
    }

    /// <summary>The best so far, sorted; rows arrive in order, so a later equal score stands behind.</summary>
    private sealed class BestList(int capacity)
    {
        private readonly Neighbour[] _items = new Neighbour[capacity];
        private int _count;

        public bool Wants(float score) => _count < capacity || (capacity > 0 && score > _items[_count - 1].Score);

        public void Insert(Neighbour item)
        {
            var at = _count < capacity ? _count++ : capacity - 1;
            for (; at > 0 && item.Score > _items[at - 1].Score; at--)
                _items[at] = _items[at - 1];
            _items[at] = item;
        }

        public Neighbour[] ToArray() => _items[.._count];
    }
}
