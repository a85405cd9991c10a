using System.Numerics.Tensors;
using Stickers.Tagger.Evaluating;
using Stickers.Tagger.Labels;

namespace Stickers.Tagger.Tests.Labels;

public sealed class LabelDoubtsTests
{
    private const int Kinds = 12, Each = 25;

    /// <summary>Twelve kinds of picture around twelve directions, each with a tag of its own and one of four broader ones; faults planted in 10 % of them.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Find_PlantedFaults_ComeFirst(int seed)
    {
        var random = new Random(seed);
        var vectors = new VectorTable(16);
        var labels = new LabelTable();
        var directions = Enumerable.Range(0, Kinds).Select(_ => Unit(random, null)).ToArray();
        for (var row = 0; row < Kinds * Each; row++)
        {
            vectors.Add(Unit(random, directions[row % Kinds]));
            labels.Add([row % Kinds, Kinds + (row % Kinds % 4)]);
        }

        var (wrongPlanted, missingPlanted) = labels.Plant(0.1, seed);
        var neighbours = NeighbourSearch.ByInnerProduct(vectors, vectors, LabelDoubts.Neighbours, (query, row) => query != row, TestContext.Current.CancellationToken);

        var (wrong, missing) = LabelDoubts.Find(labels, neighbours, [.. Enumerable.Range(0, labels.Count).Select(row => $"{row}")], Kinds + 4);

        Assert.InRange(wrongPlanted.Count, 20, 30);
        Assert.Equal(30, missingPlanted.Count);
        // A planted tag can happen to fit (the kind's neighbours share it by chance), so not all can be found; by chance 4 % would be.
        AssertFound(0.9, wrong, wrongPlanted);
        AssertFound(0.9, missing, missingPlanted);
    }

    [Fact]
    public void Plant_SameSeed_PlantsTheSame()
    {
        LabelTable[] tables = [Table(), Table()];
        var planted = tables.Select(table => table.Plant(0.3, 7)).ToArray();

        Assert.Equal(planted[0].Wrong.Order(), planted[1].Wrong.Order());
        Assert.Equal(planted[0].Missing.Order(), planted[1].Missing.Order());
        Assert.All(planted[0].Wrong, pair => Assert.Contains(pair.Tag, tables[0][pair.Row]));
        Assert.All(planted[0].Missing, pair => Assert.DoesNotContain(pair.Tag, tables[0][pair.Row]));
        Assert.NotEqual(planted[0].Missing.Order(), Table().Plant(0.3, 8).Missing.Order());

        static LabelTable Table()
        {
            var table = new LabelTable();
            for (var row = 0; row < 100; row++) table.Add([row % 7, 7 + (row % 5)]);
            return table;
        }
    }

    private static void AssertFound(double least, IReadOnlyList<Doubt> doubts, HashSet<(int, int)> planted)
    {
        var found = doubts.Take(planted.Count).Count(doubt => planted.Contains((doubt.Row, doubt.Tag)));
        Assert.True(found >= least * planted.Count, $"{found} of {planted.Count} planted faults are among the first {planted.Count} doubts, at least {least:P0} expected.");
    }

    private static float[] Unit(Random random, float[]? around)
    {
        var vector = new float[16];
        for (var i = 0; i < vector.Length; i++) vector[i] = (float)((random.NextDouble() * 2) - 1) * (around is null ? 1 : 0.15f) + (around?[i] ?? 0);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm(vector), vector);
        return vector;
    }
}
