using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder;

/// <summary>What an index was measured to find.</summary>
/// <param name="NProbe">Inverted lists to visit per query; 0 when it means nothing.</param>
/// <param name="Recall">recall@10 with that setting on queries that are in no index.</param>
/// <param name="Low">Lower end of its 95 % confidence interval.</param>
/// <param name="High">Upper end of it.</param>
/// <param name="SelfRecall">Share of stickers that find themselves first.</param>
/// <param name="Queries">Queries that both were measured on.</param>
/// <param name="Curve">Recall at each setting that was tried.</param>
internal sealed record MeasuredRecall(int NProbe, double Recall, double Low, double High, double SelfRecall, int Queries, IReadOnlyList<RecallPoint> Curve);

/// <summary>
/// Measures an index against exact search. Queries are made of stickers' vectors, moved by a quarter of their length in a random direction: as far
/// as a changed view of a sticker lies from it, and in no index. The truth comes from all vectors as they pass by, by code that indexes do not use.
/// </summary>
internal sealed class RecallMeasure
{
    /// <summary>Recall that more lists are tried for, up to the plan's last.</summary>
    private const double RecallWanted = 0.99;

    public const int Neighbours = 10;

    private const float Rounding = 1e-5f;
    private const float Displacement = 0.25f;
    private const int Seed = 20_261_126;

    private readonly int _d;
    private readonly float[] _stickers;
    private readonly IReadOnlyList<StickerId> _ids;
    private readonly float[] _queries;
    private readonly ExactSearch _truth;

    public RecallMeasure(VectorSurvey survey, int d)
    {
        _d = d;
        _stickers = survey.Queries.ToArray();
        _ids = survey.QueryIds;
        _queries = Displaced(_stickers, d);
        _truth = new ExactSearch(_queries, d, Neighbours);
    }

    /// <summary>Shows the truth vectors that can be found; all of them are to come by.</summary>
    public void Offer(IReadOnlyList<StickerId> ids, ReadOnlyMemory<float> vectors) => _truth.Add(ids, vectors);

    /// <summary>Shows the truth a vector that was compared elsewhere; of those that are not shown none is nearer.</summary>
    public void Offer(int query, SearchHit hit) => _truth.Offer(query, hit);

    /// <summary>One of them.</summary>
    public ReadOnlySpan<float> Query(int number) => _queries.AsSpan(number * _d, _d);

    /// <summary>The queries, row-major.</summary>
    public ReadOnlySpan<float> Queries => _queries;

    /// <summary>Tries the settings in order until recall suffices, and chooses the operating point.</summary>
    /// <param name="index">What is searched.</param>
    /// <param name="nProbes">Inverted lists to visit, ascending; empty when it means nothing.</param>
    /// <param name="floor">Recall below which nothing is published.</param>
    /// <param name="cancellation">Stops it.</param>
    public MeasuredRecall Measure(SegmentSet index, IReadOnlyList<int> nProbes, double floor, CancellationToken cancellation)
    {
        var curve = new List<RecallPoint>();
        var wanted = Math.Max(floor, RecallWanted);
        foreach (var nProbe in nProbes.DefaultIfEmpty(0))
        {
            var found = Recall(index, q => index.Search(Query(q), Neighbours, nProbe: nProbe, cancellation: cancellation)).Share;
            curve.Add(new RecallPoint(nProbe, found));
            if (found >= wanted)
                break;
        }

        var (chosen, recall) = OperatingPoint.Choose(curve, wanted, floor);
        var (low, high) = Interval(recall, _truth.Count);
        return new MeasuredRecall(chosen, recall, low, high, SelfRecall(index, chosen, cancellation), _truth.Count, nProbes.Count == 0 ? [] : curve);
    }

    /// <summary>Measures what one way of searching finds.</summary>
    /// <param name="index">What is searched.</param>
    /// <param name="search">The ten nearest of a query, by its number; null where it cannot be asked in this way.</param>
    public MeasuredRecall Measure(SegmentSet index, Func<int, IReadOnlyList<SearchHit>?> search)
    {
        var (recall, asked) = Recall(index, search);
        var (low, high) = Interval(recall, asked);
        return new MeasuredRecall(0, recall, low, high, 0, asked, []);
    }

    /// <summary>
    /// 95 % confidence interval of a share (E. B. Wilson 1927). A query counts once, though it has ten neighbours: they are found or missed
    /// together, so the interval is rather too wide.
    /// </summary>
    internal static (double Low, double High) Interval(double share, int queries)
    {
        if (queries == 0)
            return (0, 1);
        const double z = 1.959964;
        var (n, z2) = ((double)queries, z * z);
        var centre = (share + (z2 / (2 * n))) / (1 + (z2 / n));
        var half = z / (1 + (z2 / n)) * Math.Sqrt((share * (1 - share) / n) + (z2 / (4 * n * n)));
        return (Math.Max(0, Math.Min(share, centre - half)), Math.Min(1, Math.Max(share, centre + half)));
    }

    /// <summary>Share of the true neighbours found. One that is truly as near as the last true neighbour counts as true: stickers come in copies.</summary>
    private (double Share, int Asked) Recall(SegmentSet index, Func<int, IReadOnlyList<SearchHit>?> search)
    {
        long found = 0, wanted = 0;
        var asked = 0;
        var vector = new float[_d];
        for (var q = 0; q < _truth.Count; q++)
        {
            if (search(q) is not { } hits)
                continue;
            asked++;
            var nearest = _truth.Nearest(q).ToArray();
            wanted += nearest.Length;
            foreach (var hit in hits.Take(nearest.Length))
            {
                if (nearest.Any(true_ => true_.Id == hit.Id) || (index.TryCopyVector(hit.Id, vector) && ExactDot.Product(vector, Query(q)) >= nearest[^1].Score - Rounding))
                    found++;
            }
        }

        return (wanted == 0 ? 1 : found / (double)wanted, asked);
    }

    private double SelfRecall(SegmentSet index, int nProbe, CancellationToken cancellation)
    {
        var found = 0;
        for (var q = 0; q < _ids.Count; q++)
        {
            var query = _stickers.AsSpan(q * _d, _d);
            var hits = index.Search(query, 1, nProbe: nProbe, cancellation: cancellation);
            // A copy of the sticker is as good as itself.
            if (hits.Count > 0 && (hits[0].Id == _ids[q] || hits[0].Score >= ExactDot.Product(query, query) - Rounding))
                found++;
        }

        return _ids.Count == 0 ? 1 : found / (double)_ids.Count;
    }

    private static float[] Displaced(float[] vectors, int d)
    {
        var random = new Random(Seed);
        var moved = new float[vectors.Length];
        var step = new float[d];
        for (var at = 0; at < vectors.Length; at += d)
        {
            for (var i = 0; i < d; i++)
                step[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            var scale = Displacement / MathF.Sqrt(ExactDot.Product(step, step));
            var row = moved.AsSpan(at, d);
            for (var i = 0; i < d; i++)
                row[i] = vectors[at + i] + (scale * step[i]);
            var norm = MathF.Sqrt(ExactDot.Product(row, row));
            foreach (ref var value in row)
                value /= norm;
        }

        return moved;
    }
}
