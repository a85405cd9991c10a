using System.Buffers;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch.Segments;

/// <summary>Compares few rows one by one.</summary>
internal static class Comparison
{
    /// <summary>Rows up to which each is compared: asking the inverted lists is no faster, and they would miss most of them.</summary>
    private const int AlwaysBest = 20_000;

    /// <summary>Share of the rows up to which each is compared: of so few that pass, too few lie in the lists that are visited.</summary>
    private const double BestShare = 0.06;

    /// <summary>Rows whose vectors are copied together: few enough to stay in the nearest caches.</summary>
    private const int Block = 64;

    /// <summary>Neighbours that the usual number of lists is meant for.</summary>
    public const int Usual = 1000;

    /// <summary>Inverted lists that an index has at most.</summary>
    public const int MostLists = 1 << 16;

    /// <summary>Lists to visit for so many neighbours: the farther down a ranking, the more lists it comes from.</summary>
    /// <param name="probes">Lists to visit for up to <see cref="Usual"/> neighbours.</param>
    /// <param name="k">Neighbours.</param>
    public static int ProbesOf(int probes, int k) => k <= Usual ? probes : Math.Max(1, probes) * 2 * ((k + Usual - 1) / Usual);

    /// <summary>Whether comparing each of the allowed rows is better than asking inverted lists for some of them.</summary>
    /// <param name="allowed">Rows that may be found.</param>
    /// <param name="all">Rows.</param>
    public static bool IsBest(long allowed, long all) => allowed <= Math.Max(AlwaysBest, BestShare * all);

    /// <summary>The k nearest of the allowed rows, best first.</summary>
    public static List<RowHit> OfAllowed(VectorSegment segment, ReadOnlySpan<float> query, int k, RowBitmap allowed, CancellationToken cancellation)
    {
        var d = segment.Dimension;
        // The root is the worst of the best: what is not better is dropped without moving anything.
        var best = new PriorityQueue<RowHit, RowHit>(Worst);
        Span<long> rows = stackalloc long[Block];
        var vectors = ArrayPool<float>.Shared.Rent(Block * d);
        try
        {
            var from = 0L;
            while (allowed.Take(ref from, rows) is > 0 and var taken)
            {
                cancellation.ThrowIfCancellationRequested();
                segment.CopyVectors(rows[..taken], vectors.AsSpan(0, taken * d));
                for (var i = 0; i < taken; i++)
                {
                    var hit = new RowHit(rows[i], ExactDot.Product(query, vectors.AsSpan(i * d, d)));
                    if (best.Count < k)
                        best.Enqueue(hit, hit);
                    else if (Worst.Compare(hit, best.Peek()) > 0)
                        best.EnqueueDequeue(hit, hit);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(vectors);
        }

        var hits = new List<RowHit>(best.Count);
        while (best.TryDequeue(out var hit, out _))
            hits.Add(hit);
        hits.Reverse();
        return hits;
    }

    private static readonly Comparer<RowHit> Worst = Comparer<RowHit>.Create((a, b) => RowHit.Compare(b, a));
}
