using System.Runtime.InteropServices;

namespace Faiss.Tests;

/// <summary>Which inverted lists a query visits: the nearest centres', to the last one.</summary>
public sealed class ListChoiceTests
{
    private const int N = 6000;

    [Theory]
    [InlineData(32, 7, MetricType.L2)]
    [InlineData(32, 64, MetricType.InnerProduct)]
    [InlineData(33, 100, MetricType.L2)]
    [InlineData(128, 300, MetricType.InnerProduct)]
    [InlineData(128, 300, MetricType.L2)]
    public void Search_OfSomeLists_FindsWhatLiesInTheNearest(int d, int lists, MetricType metric)
    {
        var (stored, queries) = (new Vectors(N, d, seed: 1), new Vectors(40, d, seed: 2));
        using var index = FaissIndex.Create(d, $"IVF{lists},Flat", metric);
        index.Train(stored.Data, threads: 1);
        index.AddWithIds(stored.Data, stored.Ids, threads: 1);
        var centres = CentresIn(index, d, lists, metric);
        var listOf = Enumerable.Range(0, N).Select(i => Nearest(centres, stored.Row(i), d, metric)[0]).ToArray();
        foreach (var visited in new[] { 1, 2, 5, lists / 2, lists })
        {
            var (distances, ids) = (new float[queries.N * 10], new long[queries.N * 10]);
            index.Search(queries.Data, 10, distances, ids, new SearchParameters { NProbe = visited });
            for (var q = 0; q < queries.N; q++)
            {
                var near = Nearest(centres, queries.Row(q), d, metric).Take(visited).ToHashSet();
                var expected = stored.Nearest(queries.Row(q), N, metric).Where(hit => near.Contains(listOf[(hit.Id - stored.Ids[0]) / 7])).Take(10).Select(hit => hit.Id);
                Assert.Equal(expected, ids.AsSpan(q * 10, 10).ToArray().Where(id => id >= 0));
            }
        }
    }

    /// <summary>Vectors that are centres themselves, and of very different lengths: rounding to 8 bits must not pass one over.</summary>
    [Fact]
    public void Search_OfOneList_FindsEveryVectorInItsOwn()
    {
        var random = new Random(5);
        var vectors = new float[2000 * 24];
        for (var i = 0; i < vectors.Length; i++) vectors[i] = (random.NextSingle() - 0.5f) * MathF.Pow(10, i / 24 % 7);
        using var index = FaissIndex.Create(24, "IVF200,Flat", MetricType.L2);
        index.Train(vectors, threads: 1);
        index.Add(vectors, threads: 1);
        var (distances, ids) = (new float[2000], new long[2000]);
        index.Search(vectors, 1, distances, ids, new SearchParameters { NProbe = 1 });
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => (long)i), ids);
    }

    /// <summary>So many as were asked for, each once, whether they fill what a scan gathers once, often, or not at all; of equally near ones it does not matter which.</summary>
    [Theory]
    [InlineData("IVF4,Flat", MetricType.InnerProduct)]
    [InlineData("IVF4,Flat", MetricType.L2)]
    public void Search_AmongManyEqualVectors_FindsTheRightScoresAndEachOnce(string factory, MetricType metric)
    {
        const int d = 20, different = 500, n = 3000;
        var vectors = new Vectors(different, d, seed: 7);
        var stored = new float[n * d];
        for (var i = 0; i < n; i++) vectors.Row(i % different).CopyTo(stored.AsSpan(i * d));
        using var index = FaissIndex.Create(d, factory, metric);
        index.Train(stored, threads: 1);
        index.Add(stored, threads: 1);
        foreach (var k in new[] { 1, 2, 31, 32, 33, 64, 65, 1000, n, n + 10 })
        {
            var (distances, ids) = (new float[k], new long[k]);
            index.Search(vectors.Row(3), k, distances, ids, new SearchParameters { NProbe = 4 });
            var scores = Enumerable.Range(0, n).Select(i => Score(vectors.Row(i % different), vectors.Row(3), metric));
            var expected = (metric == MetricType.L2 ? scores.Order() : scores.OrderDescending()).Take(k).ToArray();
            var found = Math.Min(k, n);
            Assert.Equal(found, ids[..found].Distinct().Count(id => id is >= 0 and < n));
            Assert.All(ids[found..], id => Assert.Equal(-1, id));
            for (var i = 0; i < found; i++)
            {
                Assert.Equal(expected[i], distances[i], 1e-4);
                Assert.Equal(Score(vectors.Row((int)ids[i] % different), vectors.Row(3), metric), distances[i], 1e-4);
            }
        }
    }

    private static double Score(ReadOnlySpan<float> one, ReadOnlySpan<float> other, MetricType metric)
    {
        var score = 0.0;
        for (var j = 0; j < one.Length; j++)
        {
            double a = one[j], b = other[j];
            score += metric == MetricType.L2 ? (a - b) * (a - b) : a * b;
        }

        return score;
    }

    /// <summary>Read from the file that Faiss writes: the quantizer's head is its kind, d (4 bytes), n (8), 16 unused, a byte and the metric (4), then the count of floats (8) and they.</summary>
    private static float[] CentresIn(FaissIndex index, int d, int lists, MetricType metric)
    {
        using var file = new MemoryStream();
        index.Save(file);
        var bytes = file.ToArray();
        var at = bytes.AsSpan().IndexOf(metric == MetricType.L2 ? "IxF2"u8 : "IxFI"u8);
        Assert.True(at > 0, "a file without a quantizer");
        Assert.Equal((d, lists, (long)d * lists), (BitConverter.ToInt32(bytes, at + 4), BitConverter.ToInt64(bytes, at + 8), BitConverter.ToInt64(bytes, at + 37)));
        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(at + 45, d * lists * sizeof(float))).ToArray();
    }

    /// <summary>All lists, nearest first, in double precision.</summary>
    private static int[] Nearest(float[] centres, ReadOnlySpan<float> vector, int d, MetricType metric)
    {
        var far = new double[centres.Length / d];
        for (var c = 0; c < far.Length; c++)
        {
            for (var j = 0; j < d; j++)
            {
                double a = centres[(c * d) + j], b = vector[j];
                far[c] += metric == MetricType.L2 ? (a - b) * (a - b) : -a * b;
            }
        }

        return [.. Enumerable.Range(0, far.Length).OrderBy(c => far[c])];
    }
}
