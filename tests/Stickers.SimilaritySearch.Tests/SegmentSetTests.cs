using System.Numerics.Tensors;
using Faiss;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Tests;

/// <summary>Inverted lists against comparing every vector.</summary>
public sealed class SegmentSetTests : IDisposable
{
    private const int Count = 12_000, D = 16, Lists = 64;

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

    private SegmentSet Open(int nProbe)
    {
        using (var index = FaissIndex.Create(D, $"IVF{Lists},Flat", MetricType.InnerProduct))
        {
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
