namespace Faiss.Tests;

public sealed class SearchTests
{
    private static readonly Vectors Base = new(4000, 32, seed: 1);
    private static readonly Vectors Queries = new(100, 32, seed: 2);

    private static FaissIndex Built(string factory, MetricType metric = MetricType.InnerProduct)
    {
        var index = FaissIndex.Create(Base.D, factory, metric);
        index.EnableReconstruct();
        if (!index.IsTrained)
            index.Train(Base.Data, threads: 1);
        for (var i = 0; i < Base.N; i += 1500) // batches, the last one smaller
        {
            var n = Math.Min(1500, Base.N - i);
            index.AddWithIds(Base.Data.AsSpan(i * Base.D, n * Base.D), Base.Ids.AsSpan(i, n), threads: 1);
        }

        return index;
    }

    [Fact]
    public void EnableReconstruct_Sequential_FindsEveryVectorAndRefusesOtherIds()
    {
        using var index = FaissIndex.Create(Base.D, "IVF16,Flat", MetricType.InnerProduct);
        index.Train(Base.Data, threads: 1);
        index.AddWithIds(Base.Data, [.. Enumerable.Range(0, Base.N).Select(i => (long)i)], threads: 1);
        index.EnableReconstruct(sequential: true);
        var vector = new float[Base.D];
        for (var i = 0; i < Base.N; i++)
        {
            index.Reconstruct(i, vector);
            Assert.Equal(Base.Row(i), vector);
        }

        Assert.False(index.TryReconstruct(-1, vector));
        Assert.False(index.TryReconstruct(Base.N, vector));
        using var other = Built("IVF16,Flat");
        Assert.Throws<FaissException>(() => other.EnableReconstruct(sequential: true));
    }

    [Theory]
    [InlineData(MetricType.InnerProduct)]
    [InlineData(MetricType.L2)]
    public void Search_Flat_EqualsBruteForce(MetricType metric)
    {
        using var index = Built("IDMap2,Flat", metric);
        const int k = 7;
        var distances = new float[Queries.N * k];
        var ids = new long[Queries.N * k];
        index.Search(Queries.Data, k, distances, ids);
        for (var q = 0; q < Queries.N; q++)
        {
            var truth = Base.Nearest(Queries.Row(q), k, metric);
            for (var i = 0; i < k; i++)
            {
                Assert.Equal(truth[i].Id, ids[(q * k) + i]);
                Assert.Equal(truth[i].Value, distances[(q * k) + i], 1e-4);
            }
        }
    }

    // Floors: what these settings reach on this data less a margin of about 0.03 for other compilers and BLAS kernels.
    [Theory]
    [InlineData("IDMap2,HNSW32", 0, 32, 0.95)]
    [InlineData("IVF64,Flat", 16, 0, 0.95)]
    [InlineData("IVF64,SQ8", 16, 0, 0.92)]
    [InlineData("IVF64_HNSW16,Flat", 16, 0, 0.95)]
    [InlineData("PCA24,IVF32,Flat", 16, 0, 0.60)] // 24 of 32 dimensions are kept
    public void Search_Approximate_RecallAboveFloor(string factory, int nprobe, int efSearch, double floor)
    {
        using var index = Built(factory);
        var recall = Base.Recall(index, Queries, 10, new SearchParameters { NProbe = nprobe, EfSearch = efSearch });
        Assert.True(recall >= floor, $"{factory}: recall@10 {recall:F4}, floor {floor}");
    }

    [Theory]
    [InlineData("IDMap2,Flat", true)]
    [InlineData("IDMap2,HNSW32", true)]
    [InlineData("IVF64,Flat", true)]
    [InlineData("IVF64_HNSW16,Flat", true)]
    [InlineData("IVF64,SQ8", false)]
    [InlineData("PCA24,IVF32,Flat", false)]
    [InlineData("IDMap2,PQ16,RFlat", true)]
    public void SearchAndReconstruct_AnyKind_GivesWhatReconstructGives(string factory, bool exact)
    {
        using var index = Built(factory);
        const int k = 9;
        using var selector = IdSelector.Range(Base.Ids[0], Base.Ids[0] + 1);
        foreach (var parameters in new[] { new SearchParameters { NProbe = 3 }, new SearchParameters { NProbe = 64, Selector = factory.Contains("PQ", StringComparison.Ordinal) ? null : selector } })
        {
            var (plain, plainIds) = (new float[Queries.N * k], new long[Queries.N * k]);
            index.Search(Queries.Data, k, plain, plainIds, parameters);
            var (distances, ids, vectors) = (new float[Queries.N * k], new long[Queries.N * k], new float[Queries.N * k * Base.D]);
            index.SearchAndReconstruct(Queries.Data, k, distances, ids, vectors, parameters);
            Assert.Equal(plainIds, ids);
            Assert.Equal(plain, distances);
            var (stored, found) = (new float[Base.D], 0);
            for (var i = 0; i < ids.Length; i++)
            {
                var given = vectors[(i * Base.D)..((i + 1) * Base.D)];
                if (ids[i] < 0)
                {
                    Assert.All(given, value => Assert.True(float.IsNaN(value)));
                    continue;
                }

                index.Reconstruct(ids[i], stored);
                Assert.Equal(stored, given);
                if (exact)
                    Assert.Equal(Base.Row(Array.IndexOf(Base.Ids, ids[i])), given);
                found++;
            }

            Assert.True(parameters.Selector is null ? found > ids.Length / 2 : found <= Queries.N, $"{found} found");
        }

        Assert.Throws<ArgumentException>(() => index.SearchAndReconstruct(Queries.Row(0), k, new float[k], new long[k], new float[k]));
    }

    [Fact]
    public void Search_NProbe_ActsPerCall()
    {
        using var index = Built("IVF64,Flat");
        var one = Base.Recall(index, Queries, 10, new SearchParameters { NProbe = 1 });
        var all = Base.Recall(index, Queries, 10, new SearchParameters { NProbe = 64 });
        var beyond = Base.Recall(index, Queries, 10, new SearchParameters { NProbe = 1000 });
        Assert.True(one < 0.9, $"one list: {one:F4}");
        Assert.Equal(1.0, all, 0.002);
        Assert.Equal(all, beyond);
        Assert.Equal(one, Base.Recall(index, Queries, 10, new SearchParameters()));
    }

    [Fact]
    public void Search_EfSearch_RaisesRecallAboveTheIndexsOwn()
    {
        using var index = Built("IDMap2,HNSW8");
        var own = Base.Recall(index, Queries, 10, new SearchParameters());
        var low = Base.Recall(index, Queries, 10, new SearchParameters { EfSearch = 16 });
        var high = Base.Recall(index, Queries, 10, new SearchParameters { EfSearch = 256 });
        Assert.Equal(low, own); // HNSW's own value is 16
        Assert.True(high > low + 0.01, $"efSearch 16: {low:F4}, 256: {high:F4}");
        Assert.True(high >= 0.97, $"efSearch 256: {high:F4}");
    }

    [Fact]
    public void Search_KAboveEfSearch_FillsAllResults()
    {
        using var index = Built("IDMap2,HNSW32");
        var distances = new float[400];
        var ids = new long[400];
        index.Search(Queries.Row(0), 400, distances, ids, new SearchParameters { EfSearch = 8 });
        Assert.DoesNotContain(-1, ids);
        Assert.Equal(400, ids.Distinct().Count());
    }

    [Fact]
    public void Search_FewerThanK_PadsWithMinusOne()
    {
        using var index = FaissIndex.Create(2, "IDMap2,Flat", MetricType.InnerProduct);
        var distances = new float[3];
        var ids = new long[3];
        index.Search([1f, 0f], 3, distances, ids);
        Assert.Equal([-1L, -1L, -1L], ids);
        index.AddWithIds([1f, 0f], [42]);
        index.Search([1f, 0f], 3, distances, ids);
        Assert.Equal([42L, -1L, -1L], ids);
        index.Search([], 3, [], []);
    }

    [Fact]
    public void Add_WithoutIds_CountsUp()
    {
        using var index = FaissIndex.Create(2, "Flat", MetricType.L2);
        index.Add([0f, 0f, 1f, 1f]);
        index.Add([5f, 5f]);
        var ids = new long[1];
        index.Search([5f, 4f], 1, new float[1], ids);
        Assert.Equal(2, ids[0]);
    }

    [Theory]
    [InlineData("IDMap2,Flat", 0.0)]
    [InlineData("IDMap2,HNSW16", 0.0)]
    [InlineData("IVF16,Flat", 0.0)]
    [InlineData("IDMap2,IVF16,Flat", 0.0)]
    [InlineData("IVF16,SQ8", 0.02)] // 8 bits over a range of about 1.6
    public void Reconstruct_KnownId_GivesTheVector(string factory, double tolerance)
    {
        using var index = Built(factory);
        var vector = new float[Base.D];
        foreach (var i in new[] { 0, 1499, 1500, Base.N - 1 })
        {
            index.Reconstruct(Base.Ids[i], vector);
            for (var j = 0; j < Base.D; j++)
                Assert.Equal(Base.Row(i)[j], vector[j], tolerance);
        }
    }

    [Theory]
    [InlineData("IDMap2,Flat")]
    [InlineData("IDMap2,HNSW16")]
    [InlineData("IVF16,Flat")]
    [InlineData("IVF16,SQ8")]
    [InlineData("IDMap2,IVF16,PQ8np")]
    [InlineData("IDMap2,PCA16,IVF16,SQ8")]
    [InlineData("IDMap2,IVF16,SQ8,RFlat")]
    public void Reconstruct_ManyIds_GivesWhatOneByOneGives(string factory)
    {
        using var index = Built(factory);
        var random = new Random(11);
        foreach (var n in new[] { 0, 1, 3, 8, 9, 500 }) // around as many as are fetched ahead
        {
            var ids = Enumerable.Range(0, n).Select(_ => Base.Ids[random.Next(Base.N)]).ToArray();
            var (vectors, one) = (new float[n * Base.D], new float[Base.D]);
            index.Reconstruct(ids, vectors);
            for (var i = 0; i < n; i++)
            {
                index.Reconstruct(ids[i], one);
                Assert.Equal(one, vectors[(i * Base.D)..((i + 1) * Base.D)]);
            }
        }

        long[] unknown = [.. Base.Ids[..20], 5, .. Base.Ids[..20]];
        Assert.Equal(FaissError.NotFound, Assert.Throws<FaissException>(() => index.Reconstruct(unknown, new float[41 * Base.D])).Error);
        Assert.Throws<ArgumentException>(() => index.Reconstruct(Base.Ids.AsSpan(0, 2), new float[Base.D]));
    }

    /// <summary>Ids that are positions are found without the map; not those that are other vectors' positions.</summary>
    [Fact]
    public void Reconstruct_IdsThatAreOthersPositions_GivesTheirOwnVectors()
    {
        using var index = FaissIndex.Create(1, "IDMap2,Flat", MetricType.L2);
        index.AddWithIds([0f, 2f, 1f, 3f], [0, 2, 1, 7]);
        var vectors = new float[4];
        index.Reconstruct([7, 2, 1, 0], vectors);
        Assert.Equal([3f, 2f, 1f, 0f], vectors);
        Assert.False(index.TryReconstruct(3, vectors.AsSpan(0, 1)));
    }

    [Theory]
    [InlineData("IDMap2,Flat")]
    [InlineData("IVF16,Flat")]
    [InlineData("IDMap2,IVF16,Flat")]
    public void Reconstruct_UnknownId_IsNotFound(string factory)
    {
        using var index = Built(factory);
        var vector = new float[Base.D];
        foreach (var id in new[] { -1, 0, 5, long.MaxValue })
        {
            Assert.False(index.TryReconstruct(id, vector));
            Assert.Equal(FaissError.NotFound, Assert.Throws<FaissException>(() => index.Reconstruct(id, vector)).Error);
        }
    }

    [Fact]
    public void Reconstruct_BareFlatOutOfRange_IsNotFound()
    {
        using var index = FaissIndex.Create(2, "Flat", MetricType.L2);
        index.Add([0f, 0f, 1f, 1f]);
        var vector = new float[2];
        index.Reconstruct(1, vector);
        Assert.Equal([1f, 1f], vector);
        Assert.False(index.TryReconstruct(2, vector));
        Assert.False(index.TryReconstruct(-1, vector));
    }

    [Fact]
    public void Library_Version_IsKnown()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+$", FaissLibrary.Version);
        Assert.Contains("g++", FaissLibrary.BuildInfo, StringComparison.Ordinal);
    }
}
