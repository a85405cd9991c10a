namespace Faiss.Tests;

public sealed class ChangeTests : IDisposable
{
    private static readonly Vectors Base = new(3000, 16, seed: 31);
    private static readonly Vectors Queries = new(20, 16, seed: 32);
    private readonly string _folder = Directory.CreateTempSubdirectory("faiss-net-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static FaissIndex Trained(string factory, bool reconstruct = false)
    {
        var index = FaissIndex.Create(Base.D, factory, MetricType.InnerProduct);
        if (reconstruct)
            index.EnableReconstruct();
        if (!index.IsTrained)
            index.Train(Base.Data, threads: 1);
        return index;
    }

    private static void Fill(FaissIndex index, int first, int end, Func<int, bool>? keep = null)
    {
        for (var i = first; i < end; i++)
        {
            if (keep?.Invoke(i) != false)
                index.AddWithIds(Base.Row(i), [Base.Ids[i]], threads: 1);
        }
    }

    private static void AssertSameAnswers(FaissIndex expected, FaissIndex actual)
    {
        var parameters = new SearchParameters { NProbe = 1000 };
        var (a, b) = (new long[Queries.N * 10], new long[Queries.N * 10]);
        var (x, y) = (new float[Queries.N * 10], new float[Queries.N * 10]);
        expected.Search(Queries.Data, 10, x, a, parameters);
        actual.Search(Queries.Data, 10, y, b, parameters);
        Assert.Equal(expected.Count, actual.Count);
        Assert.Equal(a, b);
        Assert.Equal(x, y);
    }

    [Theory]
    [InlineData("IDMap2,Flat", true)]
    [InlineData("IDMap,SQ8", false)]
    [InlineData("IDMap2,PQ4np", true)]
    [InlineData("IVF16,Flat", false)]
    [InlineData("IVF16,Flat", true)]
    [InlineData("IVF16,SQ8", true)]
    [InlineData("PCA8,IVF16,PQ4x4np", true)]
    public void Remove_Half_AnswersAsIfNeverAdded(string factory, bool lookUp)
    {
        using var changed = Trained(factory, lookUp);
        using var fresh = Trained(factory, lookUp);
        Fill(changed, 0, Base.N);
        Fill(fresh, 0, Base.N, i => i % 2 == 0);
        var odd = Enumerable.Range(0, Base.N).Where(i => i % 2 == 1).Select(i => Base.Ids[i]).ToArray();
        Assert.Equal(odd.Length, changed.Remove([.. odd, 3, 4]));
        AssertSameAnswers(fresh, changed);
        Assert.Equal(0, changed.Remove(odd));

        if (!lookUp)
            return;
        var (x, y) = (new float[Base.D], new float[Base.D]);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(i % 2 == 0, changed.TryReconstruct(Base.Ids[i], x));
            if (i % 2 == 0)
                fresh.Reconstruct(Base.Ids[i], y);
            Assert.Equal(y, i % 2 == 0 ? x : y);
        }

        // and it takes vectors again
        Fill(changed, 1, 2);
        changed.Reconstruct(Base.Ids[1], x);
        Assert.Equal(fresh.Count + 1, changed.Count);
    }

    [Fact]
    public void Remove_IdHeldTwice_RemovesBoth()
    {
        using var index = Trained("IVF4,Flat", reconstruct: true);
        Fill(index, 0, 10);
        Fill(index, 3, 4);
        Assert.Equal(2, index.Remove([Base.Ids[3]]));
        Assert.Equal(9, index.Count);
        Assert.False(index.TryReconstruct(Base.Ids[3], new float[Base.D]));
    }

    [Fact]
    public void Remove_IndexWithoutIds_MovesTheRestUp()
    {
        using var index = FaissIndex.Create(1, "Flat", MetricType.L2);
        index.Add([0f, 1f, 2f, 3f]);
        using var selector = IdSelector.Range(1, 3);
        Assert.Equal(2, index.Remove(selector));
        var vector = new float[1];
        index.Reconstruct(1, vector);
        Assert.Equal(3f, vector[0]);
    }

    [Theory]
    [InlineData("IDMap2,HNSW16")]
    [InlineData("IDMap2,SQ8,RFlat")]
    [InlineData("IDMap2,IVF4,Flat")]
    public void Remove_KindThatCannot_IsUnsupported(string factory)
    {
        using var index = Trained(factory);
        Fill(index, 0, 100);
        Assert.Equal(FaissError.Unsupported, Assert.Throws<FaissException>(() => index.Remove([Base.Ids[0]])).Error);
        Assert.Equal(100, index.Count);
    }

    [Theory]
    [InlineData("IDMap2,Flat", false)]
    [InlineData("IDMap,SQ8", false)]
    [InlineData("IDMap2,PQ4np", false)]
    [InlineData("IVF16,Flat", false)]
    [InlineData("IVF16,Flat", true)]
    [InlineData("IVF16_HNSW8,SQ8", false)]
    [InlineData("PCA8,IVF16,PQ4x4np", true)]
    [InlineData("IDMap2,IVF16,SQ8,RFlat", false)]
    [InlineData("IDMap2,IVF16,Flat", true)]
    public void Merge_PartsInOrder_SameFileAsOneBuild(string factory, bool lookUp)
    {
        string Path(string name) => System.IO.Path.Combine(_folder, name);
        using (var trained = Trained(factory))
            trained.Save(Path("trained"));
        using (var whole = FaissIndex.Load(Path("trained")))
        {
            Fill(whole, 0, Base.N);
            whole.Save(Path("whole"));
        }

        var parts = new[] { 0, 1000, 1700, Base.N };
        for (var part = 0; part < 3; part++)
        {
            using var index = FaissIndex.Load(Path("trained"));
            Fill(index, parts[part], parts[part + 1]);
            index.Save(Path($"part{part}"));
        }

        using var merged = FaissIndex.Load(Path("trained"));
        for (var part = 0; part < 3; part++)
        {
            using var other = part == 1 ? FaissIndex.Map(Path($"part{part}")) : FaissIndex.Load(Path($"part{part}"));
            if (lookUp && part == 0)
                merged.EnableReconstruct();
            merged.Merge(other);
            Assert.Equal(parts[part + 1], merged.Count);
            Assert.Equal(parts[part + 1] - parts[part], other.Count);
        }

        using var expected = FaissIndex.Load(Path("whole"));
        AssertSameAnswers(expected, merged);
        if (!lookUp)
        {
            merged.Save(Path("merged"));
            Assert.Equal(File.ReadAllBytes(Path("whole")), File.ReadAllBytes(Path("merged")));
            return;
        }

        expected.EnableReconstruct();
        var (x, y) = (new float[Base.D], new float[Base.D]);
        foreach (var i in new[] { 0, 999, 1000, 2999 })
        {
            expected.Reconstruct(Base.Ids[i], x);
            merged.Reconstruct(Base.Ids[i], y);
            Assert.Equal(x, y);
        }
    }

    [Fact]
    public void Merge_AddToIds_ShiftsThem()
    {
        using var first = Trained("IVF4,Flat");
        first.Save(Path.Combine(_folder, "trained")); // an empty one
        using var second = FaissIndex.Load(Path.Combine(_folder, "trained"));
        first.AddWithIds(Base.Row(0), [5]);
        second.AddWithIds(Base.Row(1), [6]);
        first.Merge(second, addToIds: 1000);
        first.EnableReconstruct();
        var vector = new float[Base.D];
        first.Reconstruct(1006, vector);
        Assert.Equal(Base.Row(1).ToArray(), vector);
        using var flat = FaissIndex.Create(2, "Flat", MetricType.L2);
        using var other = FaissIndex.Create(2, "Flat", MetricType.L2);
        Assert.Throws<FaissException>(() => flat.Merge(other, addToIds: 1));
    }

    [Theory]
    [InlineData("IVF16,Flat", "IVF8,Flat")]
    [InlineData("IVF16,Flat", "IVF16,SQ8")]
    [InlineData("IDMap2,Flat", "Flat")]
    [InlineData("IDMap2,SQ8", "IDMap2,SQ6")]
    [InlineData("PCA8,IVF16,Flat", "IVF16,Flat")]
    [InlineData("SQ8,RFlat", "SQ8")]
    [InlineData("IDMap2,HNSW16", "IDMap2,Flat")]
    public void Merge_OtherKind_Throws(string one, string two)
    {
        using var index = Trained(one);
        using var other = Trained(two);
        Assert.Equal(FaissError.InvalidArgument, Assert.Throws<FaissException>(() => index.Merge(other)).Error);
    }

    [Theory]
    [InlineData("IVF16,Flat")]
    [InlineData("SQ8")]
    [InlineData("PQ4np")]
    public void Merge_OtherTraining_Throws(string factory)
    {
        using var index = Trained(factory);
        using var other = FaissIndex.Create(Base.D, factory, MetricType.InnerProduct);
        other.Train(Base.Data.AsSpan(0, 1000 * Base.D), threads: 1);
        other.Add(Base.Data, threads: 1);
        Assert.Equal(FaissError.InvalidArgument, Assert.Throws<FaissException>(() => index.Merge(other)).Error);
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void Merge_Itself_Hnsw_OtherDimension_Throw()
    {
        using var flat = FaissIndex.Create(2, "Flat", MetricType.L2);
        using var wider = FaissIndex.Create(3, "Flat", MetricType.L2);
        using var otherMetric = FaissIndex.Create(2, "Flat", MetricType.InnerProduct);
        using var graph = Trained("IDMap2,HNSW16");
        using var graph2 = Trained("IDMap2,HNSW16");
        Assert.Throws<FaissException>(() => flat.Merge(flat));
        Assert.Throws<FaissException>(() => flat.Merge(wider));
        Assert.Throws<FaissException>(() => flat.Merge(otherMetric));
        Assert.Throws<ArgumentNullException>(() => flat.Merge(null!));
        Assert.Equal(FaissError.Unsupported, Assert.Throws<FaissException>(() => graph.Merge(graph2)).Error);
    }
}
