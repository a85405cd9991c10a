using Faiss.Interop;
using System.Numerics;

namespace Faiss.Tests;

public sealed class BinaryTests : IDisposable
{
    private const int Bits = 72; // no whole number of 64-bit words
    private const int Bytes = Bits / 8;
    private static readonly byte[] Base = Clustered(3000, seed: 41);
    private static readonly byte[] Queries = Clustered(20, seed: 42);
    private static readonly long[] Ids = [.. Enumerable.Range(0, 3000).Select(i => 1_000_000_000_000L + (3L * i))];
    private readonly string _folder = Directory.CreateTempSubdirectory("faiss-net-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Clustered(int n, int seed)
    {
        var centres = new byte[30 * Bytes];
        new Random(1).NextBytes(centres);
        var random = new Random(seed);
        var vectors = new byte[n * Bytes];
        for (var i = 0; i < n; i++)
        {
            centres.AsSpan(random.Next(30) * Bytes, Bytes).CopyTo(vectors.AsSpan(i * Bytes));
            for (var flips = 0; flips < 12; flips++)
                vectors[(i * Bytes) + random.Next(Bytes)] ^= (byte)(1 << random.Next(8));
        }

        return vectors;
    }

    private static int Distance(int query, int row)
    {
        var sum = 0;
        for (var b = 0; b < Bytes; b++)
            sum += BitOperations.PopCount((uint)(Queries[(query * Bytes) + b] ^ Base[(row * Bytes) + b]));
        return sum;
    }

    private static BinaryIndex Built(string factory, Func<int, bool>? keep = null)
    {
        var index = BinaryIndex.Create(Bits, factory, efConstruction: 100);
        index.EnableReconstruct();
        if (!index.IsTrained)
            index.Train(Base, threads: 1);
        for (var i = 0; i < Ids.Length; i++)
        {
            if (keep?.Invoke(i) != false)
                index.AddWithIds(Base.AsSpan(i * Bytes, Bytes), [Ids[i]], threads: 1);
        }

        return index;
    }

    private static (int[] Distances, long[] Ids) Search(BinaryIndex index, int k = 10, IdSelector? selector = null)
    {
        var (distances, ids) = (new int[20 * k], new long[20 * k]);
        index.Search(Queries, k, distances, ids, new SearchParameters { NProbe = 16, EfSearch = 200, Selector = selector });
        return (distances, ids);
    }

    private static void AssertNearest(int[] distances, long[] ids, Func<int, bool> selects, double floor, int k = 10)
    {
        var good = 0;
        for (var q = 0; q < 20; q++)
        {
            var truth = Enumerable.Range(0, 3000).Where(selects).Select(i => Distance(q, i)).Order().Take(k).ToArray();
            for (var i = 0; i < k; i++)
            {
                var row = (int)((ids[(q * k) + i] - Ids[0]) / 3);
                Assert.True(selects(row), $"{row} is not selected");
                Assert.Equal(Distance(q, row), distances[(q * k) + i]); // what is said of a result is true
                good += distances[(q * k) + i] == truth[i] ? 1 : 0; // ties make ids ambiguous, distances not
            }
        }

        Assert.True(good >= floor * 20 * k, $"{good} of {20 * k} are as near as brute force finds");
    }

    [Theory]
    [InlineData("IDMap2,BFlat", 1)]
    [InlineData("BIVF16", 1)]
    [InlineData("BIVF16_HNSW8", 0.98)]
    [InlineData("IDMap2,BHNSW16", 0.97)]
    public void Search_WithAndWithoutSelector_EqualsBruteForce(string factory, double floor)
    {
        using var index = Built(factory);
        Assert.Equal((Bits, 3000L, true, false), (index.Dimension, index.Count, index.IsTrained, index.IsReadOnly));
        var (distances, ids) = Search(index);
        AssertNearest(distances, ids, _ => true, floor);
        using var batch = IdSelector.Batch(Ids.Where((_, i) => i % 3 == 0).ToArray());
        using var rest = IdSelector.Not(batch);
        (distances, ids) = Search(index, selector: rest);
        AssertNearest(distances, ids, i => i % 3 != 0, floor);
        using var nothing = IdSelector.Range(0, 1);
        Assert.All(Search(index, selector: nothing).Ids, id => Assert.Equal(-1, id));
    }

    [Fact]
    public void Search_NProbe_ActsPerCall()
    {
        using var index = Built("BIVF16");
        var (distances, ids) = (new int[200], new long[200]);
        index.Search(Queries, 10, distances, ids, new SearchParameters { NProbe = 1 });
        Assert.NotEqual(Search(index).Distances, distances);
    }

    [Theory]
    [InlineData("IDMap2,BFlat")]
    [InlineData("IDMap,BFlat")]
    [InlineData("BIVF16")]
    [InlineData("BIVF16_HNSW8")]
    [InlineData("IDMap2,BHNSW16")]
    [InlineData("IDMap2,BIVF16")]
    public void Load_SavedIndex_AnswersTheSame(string factory)
    {
        using var index = Built(factory);
        var path = Path.Combine(_folder, "binary");
        index.Save(path);
        using var loaded = BinaryIndex.Load(path);
        using var mapped = BinaryIndex.Map(path);
        using var stream = new MemoryStream();
        index.Save(stream);
        Assert.Equal(File.ReadAllBytes(path), stream.ToArray());
        stream.Position = 0;
        using var streamed = BinaryIndex.Load(stream);
        var expected = Search(index);
        foreach (var other in new[] { loaded, mapped, streamed })
        {
            Assert.Equal(expected.Ids, Search(other).Ids);
            Assert.Equal(expected.Distances, Search(other).Distances);
        }

        Assert.Equal(factory.Contains("IVF", StringComparison.Ordinal), mapped.IsReadOnly);
        if (mapped.IsReadOnly)
        {
            foreach (var change in new Action[] { () => mapped.AddWithIds(Base, Ids), () => mapped.Train(Base), () => mapped.Remove([1]), () => mapped.Save(path), () => mapped.Save(stream), () => mapped.Merge(loaded) })
                Assert.Equal(FaissError.Unsupported, Assert.Throws<FaissException>(change).Error);
        }

        Assert.Throws<FaissException>(() => FaissIndex.Load(path));
    }

    [Theory]
    [InlineData("IDMap2,BFlat")]
    [InlineData("BIVF16")]
    public void Remove_Third_AnswersAsIfNeverAdded(string factory)
    {
        using var changed = Built(factory);
        Assert.Equal(1000, changed.Remove(Ids.Where((_, i) => i % 3 == 0).ToArray()));
        using var fresh = Built(factory, i => i % 3 != 0);
        Assert.Equal(fresh.Count, changed.Count);
        Assert.Equal(Search(fresh).Distances, Search(changed).Distances);
        var (x, y) = (new byte[Bytes], new byte[Bytes]);
        Assert.False(changed.TryReconstruct(Ids[0], x));
        Assert.True(changed.TryReconstruct(Ids[1], x) && fresh.TryReconstruct(Ids[1], y));
        Assert.Equal(Base[Bytes..(2 * Bytes)], x);
        Assert.Equal(x, y);
    }

    [Theory]
    [InlineData("IDMap2,BFlat")]
    [InlineData("BIVF16")]
    public void Merge_Halves_AnswersAsOne(string factory)
    {
        using var first = Built(factory, i => i < 1500);
        using var second = Built(factory, i => i >= 1500);
        using var whole = Built(factory);
        first.Merge(second);
        Assert.Equal(3000, first.Count);
        Assert.Equal(Search(whole).Ids, Search(first).Ids);
        var vector = new byte[Bytes];
        Assert.True(first.TryReconstruct(Ids[2999], vector));
        Assert.Equal(Base[^Bytes..], vector);
        using var shorter = BinaryIndex.Create(8, "IDMap2,BFlat");
        Assert.Throws<FaissException>(() => first.Merge(shorter));
        Assert.Throws<FaissException>(() => first.Merge(first));
    }

    [Fact]
    public void AnyCall_WrongInput_Throws()
    {
        foreach (var d in new[] { 0, -8, 7, 65544 })
            Assert.Throws<ArgumentOutOfRangeException>(() => BinaryIndex.Create(d, "BFlat"));
        foreach (var factory in new[] { "Flat", "BFlatt", "BIVF0", "BIVF99999999", "BHNSW1", "BHNSW9999", "BIVF4_HNSW0" })
            Assert.Equal(FaissError.InvalidArgument, Assert.Throws<FaissException>(() => BinaryIndex.Create(8, factory)).Error);
        Assert.Equal(FaissError.Unsupported, Assert.Throws<FaissException>(() => BinaryIndex.Create(8, "BHash4")).Error);
        using var index = BinaryIndex.Create(16, "IDMap,BFlat");
        Assert.Throws<ArgumentException>(() => index.AddWithIds([1, 2, 3], [1]));
        Assert.Throws<ArgumentException>(() => index.AddWithIds([1, 2], [-1]));
        Assert.Throws<ArgumentException>(() => index.AddWithIds([1, 2], []));
        Assert.Equal(FaissError.Unsupported, Assert.Throws<FaissException>(() => index.Add([1, 2])).Error);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Search([1, 2], 0, [], []));
        Assert.Throws<ArgumentException>(() => index.Search([1, 2], 1, new int[2], new long[1]));
        Assert.Throws<ArgumentException>(() => index.TryReconstruct(1, new byte[3]));
        index.AddWithIds([1, 2], [7]);
        Assert.Equal(FaissError.Unsupported, Assert.Throws<FaissException>(() => index.TryReconstruct(7, new byte[2])).Error); // IDMap, not IDMap2
        using var graph = BinaryIndex.Create(16, "BHNSW4");
        graph.Add([1, 2]);
        Assert.Equal(FaissError.Unsupported, Assert.Throws<FaissException>(() => graph.Remove([0])).Error);
        Assert.Equal(FaissError.Unsupported, Assert.Throws<FaissException>(() => graph.AddWithIds([1, 2], [7])).Error);
        using var lists = BinaryIndex.Create(16, "BIVF4");
        Assert.Throws<FaissException>(() => lists.Add([1, 2]));
        Assert.Throws<FaissException>(() => lists.Train([1, 2]));
        Assert.Throws<FaissException>(() => lists.Search([1, 2], 1, new int[1], new long[1]));
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.Count);
        Assert.Throws<ObjectDisposedException>(() => index.Search([1, 2], 1, new int[1], new long[1]));
    }

    [Fact]
    public void Native_IndexOfOtherVectors_IsRefused()
    {
        // The types keep a caller of this library from it; the C face takes either.
        Native.Check(Native.faissnet_binary_create(64, "BFlat", idMap: 0, efConstruction: 0, out var binary));
        Native.Check(Native.faissnet_create(64, "Flat", MetricType.L2, idMap: 0, efConstruction: 0, out var floats));
        using (binary)
        using (floats)
        {
            Assert.Equal((int)FaissError.InvalidArgument, Native.faissnet_add(binary, 1, new float[64], default, threads: 1));
            Assert.Equal((int)FaissError.InvalidArgument, Native.faissnet_binary_add(floats, 1, new byte[8], default, threads: 1));
            Assert.Equal((int)FaissError.InvalidArgument, Native.faissnet_merge(floats, binary, 0));
        }
    }
}
