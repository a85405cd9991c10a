namespace Faiss.Tests;

public sealed class ShardTests
{
    private static readonly Vectors Base = new(900, 8, seed: 51);
    private static readonly Vectors Queries = new(25, 8, seed: 52);

    private static FaissIndex Part(int first, int end, MetricType metric, string factory = "IDMap2,Flat")
    {
        var index = FaissIndex.Create(8, factory, metric);
        if (!index.IsTrained)
            index.Train(Base.Data, threads: 1);
        index.AddWithIds(Base.Data.AsSpan(first * 8, (end - first) * 8), Base.Ids.AsSpan(first, end - first), threads: 1);
        return index;
    }

    [Theory]
    [InlineData(MetricType.L2)]
    [InlineData(MetricType.InnerProduct)]
    public void Search_ThreeShards_EqualsBruteForceOverAll(MetricType metric)
    {
        using var sharded = new ShardedIndex(Part(0, 5, metric), Part(5, 400, metric, "IVF8,Flat"), Part(400, 900, metric));
        Assert.Equal(900, sharded.Count);
        const int k = 12; // more than the first shard has
        var (distances, ids) = (new float[25 * k], new long[25 * k]);
        using var selector = IdSelector.Range(Base.Ids[3], Base.Ids[800]);
        foreach (var only in new[] { null, selector })
        {
            sharded.Search(Queries.Data, k, distances, ids, new SearchParameters { NProbe = 8, Selector = only });
            for (var q = 0; q < 25; q++)
            {
                var truth = Base.Nearest(Queries.Row(q), 900, metric).Where(hit => only is null || (hit.Id >= Base.Ids[3] && hit.Id < Base.Ids[800])).Take(k).ToArray();
                Assert.Equal(truth.Select(hit => hit.Id), ids[(q * k)..((q + 1) * k)]);
                for (var i = 0; i < k; i++)
                    Assert.Equal(truth[i].Value, distances[(q * k) + i], 1e-4);
            }
        }
    }

    [Fact]
    public void Search_FewerThanK_PadsWithMinusOne()
    {
        using var sharded = new ShardedIndex(Part(0, 1, MetricType.L2), Part(1, 2, MetricType.L2), Part(2, 2, MetricType.L2));
        var ids = new long[4];
        sharded.Search(Base.Row(1), 4, new float[4], ids);
        Assert.Equal([Base.Ids[1], Base.Ids[0], -1L, -1L], ids);
    }

    [Fact]
    public void Create_WrongInput_Throws()
    {
        using var one = Part(0, 1, MetricType.L2);
        using var other = Part(0, 1, MetricType.InnerProduct);
        using var wider = FaissIndex.Create(9, "Flat", MetricType.L2);
        Assert.Throws<ArgumentException>(() => new ShardedIndex());
        Assert.Throws<ArgumentException>(() => new ShardedIndex(one, other));
        Assert.Throws<ArgumentException>(() => new ShardedIndex(one, wider));
        Assert.Throws<ArgumentNullException>(() => new ShardedIndex(one, null!));
        var sharded = new ShardedIndex(one);
        sharded.Dispose();
        Assert.Throws<ObjectDisposedException>(() => sharded.Count);
    }
}
