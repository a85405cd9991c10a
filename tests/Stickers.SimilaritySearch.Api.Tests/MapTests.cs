using Stickers.SimilaritySearch.Api.Mapping;

namespace Stickers.SimilaritySearch.Api.Tests;

public sealed class MapTests(ServedWorld served)
{
    [Fact]
    public void Layout_OfThreeHeaps_KeepsThemApart()
    {
        var random = new Random(3);
        var centres = Enumerable.Range(0, 3).Select(_ => Unit([.. Enumerable.Range(0, 24).Select(_ => random.NextSingle() - 0.5f)])).ToArray();
        var vectors = Enumerable.Range(0, 240).Select(i => Unit([.. centres[i % 3].Select(x => x + ((random.NextSingle() - 0.5f) * 0.2f))])).ToArray();
        var points = MapLayout.Of(vectors, TestContext.Current.CancellationToken);
        Assert.Equal(points, MapLayout.Of(vectors, TestContext.Current.CancellationToken));
        Assert.All(points, p => Assert.True(p.X is >= 0 and <= 1 && p.Y is >= 0 and <= 1));
        // Of the ten nearest points on the plane nearly all must be of the same heap; by chance a third would be.
        var same = Enumerable.Range(0, points.Length).Average(i => Enumerable.Range(0, points.Length).Where(j => j != i)
            .OrderBy(j => Square(points[i], points[j])).Take(10).Average(j => j % 3 == i % 3 ? 1.0 : 0));
        Assert.True(same > 0.95, $"{same:P1} of the neighbours on the map are of the same heap");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Layout_OfFewOrEqualVectors_IsFinite(int count) =>
        Assert.All(MapLayout.Of([.. Enumerable.Range(0, count).Select(_ => new[] { 1f, 0, 0, 0 })], TestContext.Current.CancellationToken), p => Assert.True(float.IsFinite(p.X) && float.IsFinite(p.Y)));

    [Theory]
    [InlineData("visual")]
    [InlineData("semantic")]
    public async Task Map_OfASpace_HasEverySticker(string space)
    {
        var map = await served.GetAsync($"/v1/map?space={space}");
        Assert.Equal(space, map.GetProperty("space").GetString());
        Assert.Equal(DrawnSticker.All.Select(s => s.Id.ToString()).Order(), map.GetProperty("ids").EnumerateArray().Select(id => id.GetString()!).Order());
        Assert.All((string[])["x", "y"], axis => Assert.All(map.GetProperty(axis).EnumerateArray(), value => Assert.InRange(value.GetSingle(), 0f, 1f)));
    }

    private static float Square((float X, float Y) a, (float X, float Y) b) => ((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y));

    private static float[] Unit(float[] vector)
    {
        var norm = MathF.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => x / norm)];
    }
}
