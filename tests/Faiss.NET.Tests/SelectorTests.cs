namespace Faiss.Tests;

public sealed class SelectorTests
{
    private static readonly Vectors Base = new(2000, 16, seed: 21);
    private static readonly Vectors Queries = new(30, 16, seed: 22);

    /// <summary>Sequential ids 0, 1, …, so that ranges and bitmaps are easily told.</summary>
    private static FaissIndex Built(string factory)
    {
        var index = FaissIndex.Create(Base.D, factory, MetricType.L2);
        if (!index.IsTrained)
            index.Train(Base.Data, threads: 1);
        if (factory.StartsWith("IDMap", StringComparison.Ordinal))
            index.AddWithIds(Base.Data, [.. Enumerable.Range(0, Base.N).Select(i => (long)i)], threads: 1);
        else
            index.Add(Base.Data, threads: 1);
        return index;
    }

    private static byte[] Bits(Func<int, bool> selected)
    {
        var bits = new byte[(Base.N + 7) / 8];
        for (var i = 0; i < Base.N; i++)
            bits[i / 8] |= (byte)(selected(i) ? 1 << (i % 8) : 0);
        return bits;
    }

    private static (IdSelector Selector, Func<long, bool> Selects) Make(string name)
    {
        switch (name)
        {
            case "range":
                return (IdSelector.Range(500, 900), id => id is >= 500 and < 900);
            case "batch":
                return (IdSelector.Batch([.. Enumerable.Range(0, 400).Select(i => 5L * i), 5]), id => id % 5 == 0);
            case "bitmap":
                return (IdSelector.Bitmap(Bits(i => i % 3 == 1)), id => id % 3 == 1);
            case "not":
                using (var inner = IdSelector.Range(100, 1900))
                    return (IdSelector.Not(inner), id => id is < 100 or >= 1900);
            case "not not":
                using (var inner = IdSelector.Bitmap(Bits(i => i % 2 == 0)))
                using (var middle = IdSelector.Not(inner))
                    return (IdSelector.Not(middle), id => id % 2 == 0);
            default:
                using (var first = IdSelector.Range(0, 1000))
                using (var second = IdSelector.Bitmap(Bits(i => i % 4 != 0)))
                    return (IdSelector.And(first, second), id => id < 1000 && id % 4 != 0);
        }
    }

    [Theory]
    [CombinatorialData("range", "batch", "bitmap", "not", "not not", "and")]
    public void Search_Selector_EqualsBruteForceOverWhatIsSelected(string factory, string name)
    {
        const int k = 5;
        var (selector, selects) = Make(name);
        GC.Collect(); // selectors made of others must keep what they need
        GC.WaitForPendingFinalizers();
        using (selector)
        using (var index = Built(factory))
        {
            var distances = new float[Queries.N * k];
            var ids = new long[Queries.N * k];
            index.Search(Queries.Data, k, distances, ids, new SearchParameters { NProbe = 8, EfSearch = 256, RefineFactor = 8, Selector = selector });
            var found = 0;
            for (var q = 0; q < Queries.N; q++)
            {
                var truth = Base.Nearest(Queries.Row(q), Base.N, MetricType.L2).Select(hit => (hit.Id - Base.Ids[0]) / 7).Where(selects).Take(k).ToHashSet();
                Assert.All(ids[(q * k)..((q + 1) * k)], id => Assert.True(selects(id), $"{id} is not selected"));
                found += ids[(q * k)..((q + 1) * k)].Count(truth.Contains);
            }

            // Exact for Flat and for IVF that visits all lists; the graph and 8 bits a value may miss a few.
            var recall = found / (double)(Queries.N * k);
            Assert.True(recall >= (factory.Contains("Flat", StringComparison.Ordinal) ? 1 : 0.95), $"{factory}, {name}: recall {recall:F3}");
        }
    }

    private sealed class CombinatorialDataAttribute(params string[] selectors) : Xunit.v3.DataAttribute
    {
        private static readonly string[] Factories = ["Flat", "IDMap2,Flat", "IDMap,SQ8", "IVF8,Flat", "PCA16,IVF8,SQ8", "IDMap2,IVF8,Flat", "IDMap2,HNSW32", "IDMap2,SQ8,RFlat"];

        public override ValueTask<IReadOnlyCollection<Xunit.ITheoryDataRow>> GetData(System.Reflection.MethodInfo testMethod, Xunit.Sdk.DisposalTracker disposalTracker) =>
            new([.. Factories.SelectMany(factory => selectors.Select(selector => new TheoryDataRow<string, string>(factory, selector)))]);

        public override bool SupportsDiscoveryEnumeration() => true;
    }

    [Fact]
    public void Search_SelectorOfNothing_FindsNothing()
    {
        using var index = Built("IDMap2,Flat");
        foreach (var selector in new[] { IdSelector.Batch([]), IdSelector.Bitmap([]), IdSelector.Range(7, 7), IdSelector.Batch([long.MaxValue, -3]) })
        {
            using (selector)
            {
                var ids = new long[3];
                index.Search(Queries.Row(0), 3, new float[3], ids, new SearchParameters { Selector = selector });
                Assert.Equal([-1L, -1L, -1L], ids);
            }
        }
    }

    [Fact]
    public void Search_SelectorOnBarePq_IsUnsupported()
    {
        using var index = Built("PQ4np");
        using var selector = IdSelector.Range(0, 10);
        var e = Assert.Throws<FaissException>(() => index.Search(Queries.Row(0), 1, new float[1], new long[1], new SearchParameters { Selector = selector }));
        Assert.Equal(FaissError.Unsupported, e.Error);
    }

    [Fact]
    public void Selector_WrongInput_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => IdSelector.Range(2, 1));
        Assert.Throws<ArgumentNullException>(() => IdSelector.Not(null!));
        using var range = IdSelector.Range(0, 1);
        Assert.Throws<ArgumentNullException>(() => IdSelector.And(range, null!));
        var disposed = IdSelector.Range(0, 1);
        disposed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => IdSelector.Not(disposed));
        using var index = Built("Flat");
        Assert.Throws<ObjectDisposedException>(() => index.Search(Queries.Row(0), 1, new float[1], new long[1], new SearchParameters { Selector = disposed }));
        Assert.Throws<ArgumentNullException>(() => index.Remove((IdSelector)null!));
    }

    [Theory]
    [InlineData("Flat")]
    [InlineData("IDMap2,Flat")]
    [InlineData("IVF8,Flat")]
    [InlineData("PCA16,IVF8,Flat")]
    public void RangeSearch_Radius_EqualsBruteForce(string factory)
    {
        const float radius = 0.9f;
        using var index = Built(factory);
        using var odd = IdSelector.Bitmap(Bits(i => i % 2 == 1));
        foreach (var selector in new[] { null, odd })
        {
            var result = index.RangeSearch(Queries.Data, radius, new SearchParameters { NProbe = 8, Selector = selector });
            Assert.Equal(Queries.N, result.Queries);
            var total = 0;
            for (var q = 0; q < Queries.N; q++)
            {
                // Values within rounding of the radius may fall on either side.
                var all = Base.Nearest(Queries.Row(q), Base.N, MetricType.L2).Select(hit => (Id: (hit.Id - Base.Ids[0]) / 7, hit.Value)).Where(hit => selector is null || hit.Id % 2 == 1).ToArray();
                var found = result.Ids(q).ToArray().ToHashSet();
                Assert.Subset(all.Where(hit => hit.Value < radius + 1e-4).Select(hit => hit.Id).ToHashSet(), found);
                Assert.Superset(all.Where(hit => hit.Value < radius - 1e-4).Select(hit => hit.Id).ToHashSet(), found);
                var distances = result.Distances(q);
                for (var i = 0; i < distances.Length; i++)
                    Assert.Equal(all.Single(hit => hit.Id == result.Ids(q)[i]).Value, distances[i], 1e-4);
                total += distances.Length;
            }

            Assert.Equal(total, result.Count);
            Assert.True(total > 100, $"only {total} results: the test says little");
            Assert.Throws<ArgumentOutOfRangeException>(() => result.Ids(-1));
            Assert.Throws<ArgumentOutOfRangeException>(() => result.Ids(Queries.N));
        }

        Assert.Equal(0, index.RangeSearch([], radius).Queries);
        Assert.Equal(0, index.RangeSearch(Queries.Data, -1).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.RangeSearch(Queries.Data, float.NaN));
        Assert.Throws<ArgumentException>(() => index.RangeSearch(new float[3], radius));
    }

    [Theory]
    [InlineData("IDMap2,HNSW16")]
    [InlineData("IDMap2,SQ8")]
    [InlineData("PQ4np")]
    [InlineData("SQ8,RFlat")]
    public void RangeSearch_KindThatCannot_IsUnsupported(string factory)
    {
        using var index = Built(factory);
        Assert.Equal(FaissError.Unsupported, Assert.Throws<FaissException>(() => index.RangeSearch(Queries.Data, 1)).Error);
    }

    [Theory]
    [InlineData("SQ4,RFlat", 0.99)]
    [InlineData("IDMap2,PCA8,IVF8,Flat,RFlat", 0.93)]
    [InlineData("IDMap2,SQ4,Refine(SQfp16)", 0.97)]
    public void Search_RefineFactor_RaisesRecall(string factory, double floor)
    {
        using var index = Built(factory);
        double Recall(int factor)
        {
            var (distances, ids) = (new float[Queries.N * 10], new long[Queries.N * 10]);
            index.Search(Queries.Data, 10, distances, ids, new SearchParameters { NProbe = 8, RefineFactor = factor });
            var hits = 0;
            for (var q = 0; q < Queries.N; q++)
            {
                var truth = Base.Nearest(Queries.Row(q), 10, MetricType.L2).Select(hit => (hit.Id - Base.Ids[0]) / 7).ToHashSet();
                hits += ids[(q * 10)..((q + 1) * 10)].Count(truth.Contains);
                Assert.Equal(distances[(q * 10)..((q + 1) * 10)].Order(), distances[(q * 10)..((q + 1) * 10)]);
            }

            return hits / (double)ids.Length;
        }

        var (one, eight) = (Recall(1), Recall(8));
        Assert.True(eight > one && eight >= floor, $"{factory}: {one:F3} with factor 1, {eight:F3} with 8");
    }
}
