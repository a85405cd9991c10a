namespace Faiss.Tests;

/// <summary>Clustered unit vectors and an exact search that shares nothing with Faiss.</summary>
internal sealed class Vectors
{
    private const int Clusters = 50;

    /// <param name="n">Rows.</param>
    /// <param name="d">Columns.</param>
    /// <param name="seed">Decides the rows; the clusters they come from depend on d alone.</param>
    public Vectors(int n, int d, int seed)
    {
        N = n;
        D = d;
        var random = new Random(seed);
        var centres = Gaussian(new Random(d), Clusters * d);
        Data = new float[n * d];
        for (var i = 0; i < n; i++)
        {
            var centre = random.Next(Clusters);
            var row = Gaussian(random, d);
            for (var j = 0; j < d; j++)
                row[j] = centres[(centre * d) + j] + (0.8f * row[j]);
            var norm = MathF.Sqrt(row.Sum(x => x * x));
            for (var j = 0; j < d; j++)
                Data[(i * d) + j] = row[j] / norm;
        }

        Ids = [.. Enumerable.Range(0, n).Select(i => 1_000_000_000_000L + (7L * i))];
    }

    public int N { get; }

    public int D { get; }

    public float[] Data { get; }

    public long[] Ids { get; }

    public ReadOnlySpan<float> Row(int i) => Data.AsSpan(i * D, D);

    /// <summary>The k best rows by inner product, or by squared distance, computed in double precision.</summary>
    public (long Id, double Value)[] Nearest(ReadOnlySpan<float> query, int k, MetricType metric)
    {
        var all = new (long Id, double Value)[N];
        for (var i = 0; i < N; i++)
        {
            double sum = 0;
            for (var j = 0; j < D; j++)
            {
                double a = query[j], b = Data[(i * D) + j];
                sum += metric == MetricType.InnerProduct ? a * b : (a - b) * (a - b);
            }

            all[i] = (Ids[i], sum);
        }

        return [.. (metric == MetricType.InnerProduct ? all.OrderByDescending(x => x.Value) : all.OrderBy(x => x.Value)).Take(k)];
    }

    /// <summary>Share of the true k nearest that the index returned, over the first rows of <paramref name="queries"/>.</summary>
    public double Recall(FaissIndex index, Vectors queries, int k, SearchParameters? parameters = null)
    {
        var distances = new float[queries.N * k];
        var ids = new long[queries.N * k];
        index.Search(queries.Data, k, distances, ids, parameters);
        var hits = 0;
        for (var q = 0; q < queries.N; q++)
        {
            var truth = Nearest(queries.Row(q), k, index.Metric).Select(x => x.Id).ToHashSet();
            hits += ids.AsSpan(q * k, k).ToArray().Count(truth.Contains);
        }

        return hits / (double)(queries.N * k);
    }

    private static float[] Gaussian(Random random, int n)
    {
        var values = new float[n];
        for (var i = 0; i < n; i++)
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return values;
    }
}
