using System.Numerics.Tensors;
using Faiss;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Exact;
using Stickers.SimilaritySearch.Segments;

namespace Stickers.SimilaritySearch.Tests;

/// <summary>Inverted lists against comparing every vector.</summary>
public sealed class SegmentSetTests : IDisposable
{
    private const int Count = 12_000, D = 16;

    private readonly TemporaryFolder _folder = new();
    private readonly long[] _ids = [.. Enumerable.Range(0, Count).Select(i => StickerId.FromKey($"k{i}").Value).Order()];
    private readonly float[] _vectors = Unit(Count, seed: 7);

    public void Dispose() => _folder.Dispose();

    /// <summary>As deep as pages go, most of a ranking is there, each sticker once; and where all are asked for, all come.</summary>
    [Theory]
    [InlineData(20, 0.9)]
    [InlineData(3000, 0.9)]
    [InlineData(10_000, 0.9)]
    [InlineData(Count, 1)]
    public void Search_DeepInTheRanking_FindsMostOfTheTrueNearest(int k, double floor)
    {
        using var set = Open(nProbe: 16);
        foreach (var query in new[] { Vector(0), Vector(777), Vector(Count - 1) })
        {
            var (hits, vectors) = (set.Search(query, k, cancellation: TestContext.Current.CancellationToken), new float[k * D]);
            Assert.Equal(k, hits.Count);
            Assert.Equal(k, hits.Select(hit => hit.Id).Distinct().Count());
            Assert.Equal(hits.OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Id.Value), hits);
            var recall = Nearest(query, k, _ => true).Intersect(hits.Select(hit => hit.Id)).Count() / (double)k;
            Assert.True(recall >= floor, $"k {k}: recall {recall:0.000}, floor {floor}");
            Assert.Equal(hits, set.Search(query, k, vectors, cancellation: TestContext.Current.CancellationToken));
            for (var i = 0; i < k; i += 97)
                Assert.Equal(Vector(Array.BinarySearch(_ids, hits[i].Id.Value)), vectors.AsSpan(i * D, D).ToArray());
        }
    }

    /// <summary>Whatever share passes: few are compared one by one, of many the lists are asked.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(200)]
    [InlineData(2000)]
    public void Search_AmongAShareOfTheStickers_IsTheExactFilteredSearch(int share)
    {
        using var set = Open(nProbe: 1);
        var filter = set.CreateFilter(_ids.Where(id => id % share == 0).Select(id => new StickerId(id)));
        for (var q = 0; q < 20; q++)
        {
            var query = Vector(q * 500);
            Assert.Equal(Nearest(query, 10, id => id.Value % share == 0), set.Search(query, 10, filter, cancellation: TestContext.Current.CancellationToken).Select(hit => hit.Id));
        }
    }

    /// <summary>Each kind of index copies vectors in its own way. The truth is computed in double, so what is found may be as much worse as float32 sums err.</summary>
    [Theory]
    [InlineData("IVF64,Flat")]
    [InlineData("IDMap2,IVF64,SQ8,RFlat")]
    [InlineData("IDMap2,Flat")]
    public void Search_AmongFewInAnyIndex_EqualsBruteForceInDouble(string factory)
    {
        using var set = Open(nProbe: 1, factory);
        foreach (var share in new[] { 1, 3, 50, Count / 5 })
        {
            var passing = Enumerable.Range(0, Count).Where(row => row % share == 0).ToArray();
            var filter = set.CreateFilter(passing.Select(row => new StickerId(_ids[row])));
            for (var q = 0; q < 5; q++)
            {
                var query = Vector((q * 2000) + 1);
                var hits = set.Search(query, 10, filter, cancellation: TestContext.Current.CancellationToken);
                var found = hits.Select(hit => Array.BinarySearch(_ids, hit.Id.Value)).ToArray();
                Assert.Equal(Math.Min(10, passing.Length), found.Distinct().Count());
                Assert.All(found, row => Assert.Contains(row, passing));
                var truth = passing.Select(row => InDouble(query, row)).OrderDescending().Take(10).ToArray();
                for (var i = 0; i < found.Length; i++)
                {
                    Assert.Equal(truth[i], InDouble(query, found[i]), 1e-6);
                    Assert.Equal(truth[i], hits[i].Score, 1e-6);
                }
            }
        }
    }

    /// <summary>A long search of one by one doesn't hold a core: it asks between blocks of rows whether it is still wanted.</summary>
    [Fact]
    public void OfAllowed_CancelledAmongMany_StopsSoon()
    {
        using var stop = new CancellationTokenSource();
        using var segment = new CancellingSegment(stop);
        Assert.Throws<OperationCanceledException>(() => Comparison.OfAllowed(segment, new float[D], 10, RowBitmap.All(segment.Count), stop.Token));
        Assert.InRange(segment.Copied, 1, 4096);
    }

    /// <summary>Cancels the search when its first vectors are asked for.</summary>
    private sealed class CancellingSegment(CancellationTokenSource stop) : VectorSegment
    {
        public int Copied { get; private set; }

        public override long Count => 1_000_000;

        public override int Dimension => D;

        public override IReadOnlyList<RowHit> Search(ReadOnlySpan<float> query, int k, RowBitmap? allowed, int nProbe, CancellationToken cancellation) => throw new NotSupportedException();

        public override void CopyVectors(ReadOnlySpan<long> rows, Span<float> vectors)
        {
            Copied += rows.Length;
            stop.Cancel();
        }

        public override void Dispose()
        {
        }
    }

    private double InDouble(float[] query, int row) => Enumerable.Range(0, D).Sum(i => (double)query[i] * _vectors[(row * D) + i]);

    private SegmentSet Open(int nProbe, string factory = "IVF64,Flat")
    {
        using (var index = FaissIndex.Create(D, factory, MetricType.InnerProduct))
        {
            if (!index.IsTrained)
                index.Train(_vectors, threads: 1);
            index.AddWithIds(_vectors, [.. Enumerable.Range(0, Count).Select(i => (long)i)], threads: 1);
            index.Save(_folder.File("vectors.faiss"));
        }

        var set = new SegmentSet(D);
        set.AddFaiss(_folder.File("vectors.faiss"), RowTable.Of([.. _ids], new ulong[Count]), alive: null, nProbe);
        return set;
    }

    private float[] Vector(int row) => _vectors[(row * D)..((row + 1) * D)];

    private IEnumerable<StickerId> Nearest(float[] query, int k, Func<StickerId, bool> passes) => Enumerable.Range(0, Count)
        .Select(row => (Id: new StickerId(_ids[row]), Score: ExactDot.Product(query, _vectors.AsSpan(row * D, D))))
        .Where(item => passes(item.Id)).OrderByDescending(item => item.Score).ThenBy(item => item.Id.Value).Take(k).Select(item => item.Id);

    private static float[] Unit(int count, int seed)
    {
        var random = new Random(seed);
        var vectors = new float[count * D];
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] = (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5);
        for (var i = 0; i < count; i++)
        {
            var row = vectors.AsSpan(i * D, D);
            TensorPrimitives.Divide(row, TensorPrimitives.Norm<float>(row), row);
        }

        return vectors;
    }
}
