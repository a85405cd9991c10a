namespace Faiss.Tests;

public sealed class WrongInputTests
{
    private static FaissIndex Flat() => FaissIndex.Create(4, "IDMap2,Flat", MetricType.InnerProduct);

    [Theory]
    [InlineData(0)]
    [InlineData(-4)]
    [InlineData(65537)]
    public void Create_BadDimension_Throws(int d) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FaissIndex.Create(d, "Flat", MetricType.L2));

    [Fact]
    public void Create_BadMetric_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FaissIndex.Create(4, "Flat", (MetricType)5));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void Create_NoFactory_Throws(string factory) =>
        Assert.Throws<ArgumentException>(() => FaissIndex.Create(4, factory, MetricType.L2));

    [Fact]
    public void Create_NullFactory_Throws() => Assert.Throws<ArgumentNullException>(() => FaissIndex.Create(4, null!, MetricType.L2));

    [Theory]
    [InlineData("Flatt")]
    [InlineData("IVF,Flat")]
    [InlineData("IDMap2")]
    [InlineData("näher, näher")]
    [InlineData("Flat\n")]
    [InlineData("IVF0,Flat")]
    [InlineData("IVF2000000000,Flat")] // would ask for 96 GB
    [InlineData("IVF99999999999999999999,Flat")] // Faiss throws std::out_of_range
    [InlineData("HNSW0")]
    [InlineData("HNSW1")] // its levels would be infinitely many
    [InlineData("HNSW100000")]
    [InlineData("PQ2x30")] // would ask for 16 GB
    [InlineData("PQ0")]
    [InlineData("PCA5,Flat")]
    [InlineData("OPQ3,PQ4")]
    [InlineData("Pad9999999,Flat")]
    public void Create_UnknownFactory_SaysSo(string factory)
    {
        var e = Assert.Throws<FaissException>(() => FaissIndex.Create(4, factory, MetricType.L2));
        Assert.Equal(FaissError.InvalidArgument, e.Error);
        Assert.Contains(factory, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ProductQuantizerThatDoesNotDivide_Throws() =>
        Assert.Throws<FaissException>(() => FaissIndex.Create(10, "PQ3", MetricType.L2));

    [Theory]
    [InlineData("PQ8x4fs")]
    [InlineData("IVF4,PQ8x4fs")]
    [InlineData("IVF4,PQ8x4fs,RFlat")]
    [InlineData("IDMap2,PQ8x4fsr")]
    [InlineData("RQ4x8")]
    [InlineData("NSG16")]
    [InlineData("LSHr")]
    [InlineData("IMI2x4,Flat")]
    [InlineData("IVF4(Index9),Flat")] // ends the process in Faiss' parser
    [InlineData("IDMap2,(IVF4,Flat)")]
    public void Create_KindNotOffered_IsUnsupported(string factory) =>
        Assert.Equal(FaissError.Unsupported, Assert.Throws<FaissException>(() => FaissIndex.Create(16, factory, MetricType.L2)).Error);

    [Fact]
    public void Add_RaggedVectors_Throws()
    {
        using var index = Flat();
        var e = Assert.Throws<ArgumentException>(() => index.AddWithIds(new float[7], [1, 2]));
        Assert.Contains("7 values", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => index.Add(new float[5]));
        Assert.Equal(0, index.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Add_WrongNumberOfIds_Throws(int ids)
    {
        using var index = Flat();
        Assert.Throws<ArgumentException>(() => index.AddWithIds(new float[8], new long[ids]));
    }

    [Fact]
    public void Add_NegativeId_Throws()
    {
        using var index = Flat();
        Assert.Throws<ArgumentException>(() => index.AddWithIds(new float[8], [3, -1]));
    }

    [Fact]
    public void Add_IndexThatKeepsNoIds_Throws()
    {
        using var index = FaissIndex.Create(4, "Flat", MetricType.L2);
        Assert.Equal(FaissError.Unsupported, Assert.Throws<FaissException>(() => index.AddWithIds(new float[4], [1])).Error);
        using var mapped = Flat();
        Assert.Equal(FaissError.Unsupported, Assert.Throws<FaissException>(() => mapped.Add(new float[4])).Error);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void AnyCall_ValueNotFinite_Throws(float value)
    {
        // Faiss takes them and forgets them: the vector is counted and never found.
        using var index = FaissIndex.Create(19, "Flat", MetricType.L2);
        for (var place = 0; place < 38; place++)
        {
            var vectors = new float[38];
            vectors[place] = value;
            Assert.Throws<ArgumentException>(() => index.Add(vectors));
            Assert.Throws<ArgumentException>(() => index.Train(vectors));
            Assert.Throws<ArgumentException>(() => index.Search(vectors, 1, new float[2], new long[2]));
            Assert.Throws<ArgumentException>(() => index.RangeSearch(vectors, 1));
        }

        index.Add([float.MaxValue, float.MinValue, float.Epsilon, .. new float[16]]);
        Assert.Equal(1, index.Count);
    }

    [Fact]
    public void Train_IndexThatHoldsVectors_Throws()
    {
        var vectors = new Vectors(200, 4, seed: 1);
        using var index = FaissIndex.Create(4, "IVF4,SQ8", MetricType.L2);
        index.Train(vectors.Data, threads: 1);
        index.Add(vectors.Data, threads: 1);
        Assert.Equal(FaissError.InvalidArgument, Assert.Throws<FaissException>(() => index.Train(vectors.Data)).Error);
    }

    [Fact]
    public void Add_Untrained_Throws()
    {
        using var index = FaissIndex.Create(4, "IVF4,Flat", MetricType.L2);
        Assert.False(index.IsTrained);
        var e = Assert.Throws<FaissException>(() => index.AddWithIds(new float[4], [1]));
        Assert.Contains("not trained", e.Message, StringComparison.Ordinal);
        Assert.Throws<FaissException>(() => index.Search(new float[4], 1, new float[1], new long[1]));
    }

    [Fact]
    public void Train_TooFewVectors_Throws()
    {
        using var index = FaissIndex.Create(4, "IVF64,Flat", MetricType.L2);
        Assert.Equal(FaissError.Faiss, Assert.Throws<FaissException>(() => index.Train(new float[4 * 63])).Error);
        Assert.Throws<ArgumentException>(() => index.Train([]));
        Assert.Throws<ArgumentException>(() => index.Train(new float[9]));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Train(new float[8], threads: -1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Search_KBelowOne_Throws(int k)
    {
        using var index = Flat();
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Search(new float[4], k, [], []));
    }

    [Theory]
    [InlineData(3, 2, 2)] // query of another dimension
    [InlineData(4, 1, 2)]
    [InlineData(4, 2, 3)]
    [InlineData(8, 2, 2)] // two queries, room for one
    public void Search_LengthsThatDoNotFit_Throw(int query, int distances, int ids)
    {
        using var index = Flat();
        Assert.Throws<ArgumentException>(() => index.Search(new float[query], 2, new float[distances], new long[ids]));
    }

    [Fact]
    public void Search_KTimesNOverflowing_Throws()
    {
        using var index = Flat();
        Assert.Throws<ArgumentException>(() => index.Search(new float[8], int.MaxValue, new float[2], new long[2]));
    }

    [Fact]
    public void Search_BadParameters_Throw()
    {
        using var index = Flat();
        foreach (var p in new SearchParameters[] { new() { NProbe = -1 }, new() { EfSearch = -1 }, new() { EfSearch = 257 }, new() { Threads = -1 }, new() { RefineFactor = -1 }, new() { RefineFactor = 1001 } })
            Assert.Throws<ArgumentOutOfRangeException>(() => index.Search(new float[4], 1, new float[1], new long[1], p));
    }

    [Fact]
    public void Reconstruct_WrongLength_Throws()
    {
        using var index = Flat();
        Assert.Throws<ArgumentException>(() => index.Reconstruct(1, new float[3]));
        Assert.Throws<ArgumentException>(() => index.TryReconstruct(1, new float[5]));
    }

    [Theory]
    [InlineData("IDMap,Flat")]
    [InlineData("IVF1,Flat")]
    public void Reconstruct_IndexThatCannotLookUp_IsUnsupported(string factory)
    {
        using var index = FaissIndex.Create(1, factory, MetricType.L2);
        if (!index.IsTrained)
            index.Train([0f, 1f], threads: 1);
        index.AddWithIds([0f, 1f], [0, 1]);
        Assert.Equal(FaissError.Unsupported, Assert.Throws<FaissException>(() => index.Reconstruct(1, new float[1])).Error);
        Assert.Throws<FaissException>(() => index.TryReconstruct(1, new float[1]));
    }

    [Fact]
    public void Disposed_EveryCall_Throws()
    {
        var index = Flat();
        index.Dispose();
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.Count);
        Assert.Throws<ObjectDisposedException>(() => index.IsTrained);
        Assert.Throws<ObjectDisposedException>(() => index.AddWithIds(new float[4], [1]));
        Assert.Throws<ObjectDisposedException>(() => index.Train(new float[4]));
        Assert.Throws<ObjectDisposedException>(() => index.Search(new float[4], 1, new float[1], new long[1]));
        Assert.Throws<ObjectDisposedException>(() => index.Reconstruct(1, new float[4]));
        Assert.Throws<ObjectDisposedException>(() => index.Save("never.faiss"));
        Assert.Throws<ObjectDisposedException>(() => index.Save(new MemoryStream()));
        Assert.Throws<ObjectDisposedException>(() => index.RangeSearch(new float[4], 1));
        Assert.Throws<ObjectDisposedException>(() => index.Remove([1]));
        Assert.Throws<ObjectDisposedException>(() => index.Merge(index));
        Assert.Throws<ObjectDisposedException>(() => index.EnableReconstruct());
        Assert.Equal(4, index.Dimension);
    }
}
