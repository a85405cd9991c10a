namespace Faiss.Tests;

/// <summary>The distances that are ours rather than Faiss': for every length, whole or with a rest, against sums in double precision.</summary>
public sealed class DistanceTests
{
    private const int N = 300;
    private const int K = 40;

    public static TheoryData<int, MetricType, string> Indexes()
    {
        var data = new TheoryData<int, MetricType, string>();
        foreach (var d in (int[])[1, 3, 5, 16, 31, 33, 64, 100, 128, 203])
        {
            foreach (var metric in (MetricType[])[MetricType.L2, MetricType.InnerProduct])
            {
                foreach (var factory in (string[])["Flat", "SQ8", "IVF4,Flat", "IVF4,SQ8"])
                    data.Add(d, metric, factory);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Indexes))]
    public void Search_AnyLength_GivesDistancesOfStoredVectors(int d, MetricType metric, string factory)
    {
        var (vectors, queries) = (new Vectors(N, d, seed: 3), new Vectors(20, d, seed: 4));
        using var index = FaissIndex.Create(d, factory, metric);
        index.Train(vectors.Data, threads: 1);
        index.Add(vectors.Data, threads: 1);
        index.EnableReconstruct();
        var stored = new float[N][];
        for (var i = 0; i < N; i++)
            index.Reconstruct(i, stored[i] = new float[d]);
        var all = new SearchParameters { NProbe = 4, Threads = 1 };
        var (distances, ids) = (new float[K], new long[K]);
        for (var q = 0; q < queries.N; q++)
        {
            var query = queries.Row(q).ToArray();
            var truth = stored.Select(vector => Distance(query, vector, metric)).ToArray();
            // Twice what factors of 15 bits lose at most, plus rounding of single numbers.
            var tolerance = (2e-4 * query.Select(Math.Abs).DefaultIfEmpty().Max() * Math.Sqrt(d)) + 1e-5 + (1e-5 * truth.Max(Math.Abs));
            index.Search(query, K, distances, ids, all);
            var nearest = (metric == MetricType.L2 ? truth.Order() : truth.OrderDescending()).ToArray();
            for (var i = 0; i < K; i++)
            {
                Assert.Equal(truth[ids[i]], distances[i], tolerance);
                Assert.Equal(nearest[i], distances[i], tolerance);
            }

            if (factory is "SQ8" || Math.Abs(nearest[10] - nearest[11]) < 4 * tolerance)
                continue; // Faiss has no range search for it; or no radius lies clearly between two
            var radius = (float)((nearest[10] + nearest[11]) / 2);
            var found = index.RangeSearch(query, radius, all);
            Assert.Equal(ids[..11].Order(), found.Ids(0).ToArray().Order());
        }
    }

    [Fact]
    public void Search_Sq8OfLargestInnerProducts_DoesNotOverflow()
    {
        // 4,096 equal signs: whole-number sums as large as they can get.
        const int d = 4096;
        using var index = FaissIndex.Create(d, "SQ8", MetricType.InnerProduct);
        float[] low = [.. Enumerable.Repeat(-1f, d)], high = [.. Enumerable.Repeat(1f, d)];
        index.Train([.. low, .. high], threads: 1);
        index.Add([.. low, .. high], threads: 1);
        var (distances, ids) = (new float[2], new long[2]);
        index.Search(high, 2, distances, ids);
        Assert.Equal([1L, 0L], ids);
        Assert.Equal(d, distances[0], d * 0.005);
        Assert.Equal(-d, distances[1], d * 0.005);
    }

    private static double Distance(float[] a, float[] b, MetricType metric) =>
        metric == MetricType.L2 ? a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Sum() : a.Zip(b, (x, y) => (double)x * y).Sum();
}
