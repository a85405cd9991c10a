using System.Numerics.Tensors;
using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Tests.Evaluating;

public sealed class NeighbourSearchTests
{
    // Small whole numbers, so that sums are exact in any order and ties are real ties; more rows than one block holds.
    private static VectorTable Random(int rows, int dimension, int seed)
    {
        var random = new Random(seed);
        var table = new VectorTable(dimension, 1);
        for (var row = 0; row < rows; row++)
            table.Add(Enumerable.Range(0, dimension).Select(_ => (float)random.Next(-3, 4)).ToArray());
        return table;
    }

    private static float[] Scores(VectorTable gallery, ReadOnlySpan<float> query, bool distance)
    {
        var scores = new float[gallery.Count];
        for (var row = 0; row < gallery.Count; row++)
        {
            var d = TensorPrimitives.Distance(query, gallery[row]);
            scores[row] = distance ? -d * d / 2 : TensorPrimitives.Dot(query, gallery[row]);
        }
        return scores;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Search_ManyRows_EqualsSortingAllScores(bool distance)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var gallery = Random(9000, 8, 1);
        var queries = Random(70, 8, 2);
        bool Allowed(int query, int row) => (query + row) % 3 != 0;

        var found = distance
            ? NeighbourSearch.ByDistance(gallery, queries, 12, Allowed, cancellation)
            : NeighbourSearch.ByInnerProduct(gallery, queries, 12, Allowed, cancellation);

        for (var query = 0; query < queries.Count; query++)
        {
            var scores = Scores(gallery, queries[query], distance);
            var q = query;
            var expected = Enumerable.Range(0, gallery.Count).Where(row => Allowed(q, row)).OrderByDescending(row => MathF.Round(scores[row] * 2)).ThenBy(row => row).Take(12);
            Assert.Equal(expected, found[query].Select(neighbour => neighbour.Row));
            Assert.All(found[query], neighbour => Assert.Equal(scores[neighbour.Row], neighbour.Score, 3));
        }
    }

    [Fact]
    public void Search_FewAllowed_ReturnsFewer()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var gallery = Random(5, 3, 4);
        Assert.Equal(5, NeighbourSearch.ByInnerProduct(gallery, gallery, 10, null, cancellation)[0].Length);
        Assert.Empty(NeighbourSearch.ByInnerProduct(gallery, gallery, 10, (_, _) => false, cancellation)[4]);
        Assert.Empty(NeighbourSearch.ByInnerProduct(new VectorTable(3), gallery, 10, null, cancellation)[0]);
    }

    [Fact]
    public void Search_DimensionsDiffer_Throws()
        => Assert.Throws<ArgumentException>(() => NeighbourSearch.ByInnerProduct(new VectorTable(3), new VectorTable(4), 1, null, TestContext.Current.CancellationToken));

    [Fact]
    public void Add_WrongLength_Throws() => Assert.Throws<ArgumentException>(() => new VectorTable(3).Add([1f, 2f]));
}
