using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Tests;

public sealed class ExactSearchTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(64, 10)]
    [InlineData(65, 200)] // more asked for than there are
    public void Nearest_RandomVectors_EqualsSortingAll(int d, int k)
    {
        var random = new Random(d);
        var rows = Enumerable.Range(0, 150).Select(i => (Id: new StickerId(1000 - i), V: Vector(random, d))).ToArray();
        var queries = Enumerable.Range(0, 5).Select(_ => Vector(random, d)).ToArray();
        var search = new ExactSearch(queries.SelectMany(q => q).ToArray(), d, k);
        foreach (var (id, v) in rows)
            search.Add(id, v);
        Assert.Equal(5, search.Count);
        for (var q = 0; q < 5; q++)
        {
            var expected = rows
                .Select(r => (r.Id, Score: r.V.Zip(queries[q], (a, b) => (double)a * b).Sum()))
                .OrderByDescending(r => r.Score).ThenBy(r => r.Id.Value).Take(k).ToArray();
            var found = search.Nearest(q).ToArray();
            Assert.Equal(expected.Select(e => e.Id), found.Select(f => f.Id));
            for (var i = 0; i < found.Length; i++)
                Assert.Equal(expected[i].Score, found[i].Score, 1e-4);
        }
    }

    [Fact]
    public void Nearest_EqualScores_SmallerIdFirst()
    {
        var search = new ExactSearch([1f, 0f], 2, 2);
        foreach (var id in new long[] { 9, 4, 7, 1 })
            search.Add(new StickerId(id), [1f, 0f]);
        Assert.Equal([1L, 4L], search.Nearest(0).ToArray().Select(h => h.Id.Value));
    }

    [Fact]
    public void Input_ThatDoesNotFit_Throws()
    {
        Assert.Throws<ArgumentException>(() => new ExactSearch(new float[5], 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExactSearch(new float[4], 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExactSearch(new float[4], 2, 0));
        Assert.Throws<ArgumentException>(() => new ExactSearch(new float[4], 2, 1).Add(new StickerId(1), new float[3]));
    }

    private static float[] Vector(Random random, int d) => [.. Enumerable.Range(0, d).Select(_ => random.NextSingle() - 0.5f)];
}
