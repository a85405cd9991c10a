using Stickers.Tagger.Baselines;
using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Tests.Baselines;

public sealed class TagBaselineTests
{
    [Fact]
    public void TagFrequency_ThreeStickers_IsTheShareOfEach()
    {
        var scores = TagFrequency.Score([[0, 1], [0], []], 3, 2);
        Assert.Equal([2f / 3, 1f / 3, 0f, 2f / 3, 1f / 3, 0f], scores);
    }

    [Fact]
    public void PixelNeighbours_TwoTrainingStickers_VoteByDistance()
    {
        var training = Table([0f, 0f], [3f, 0f]);
        var queries = Table([1f, 0f]);

        var scores = new PixelNeighbours(training, [[0], [0, 1]], 2).Score(queries, TestContext.Current.CancellationToken);

        // Distances 1 and 2; the farthest is 2.
        Assert.Equal(MathF.Exp(-4 * 1 / 2f) + MathF.Exp(-4), scores[0], 5);
        Assert.Equal(MathF.Exp(-4), scores[1], 5);
    }

    [Fact]
    public void PixelNeighbours_AllTheSame_VoteEqually()
    {
        var scores = new PixelNeighbours(Table([1f, 1f], [1f, 1f]), [[0], [1]], 2).Score(Table([1f, 1f]), TestContext.Current.CancellationToken);
        Assert.Equal([1f, 1f], scores);
    }

    private static VectorTable Table(params float[][] rows)
    {
        var table = new VectorTable(rows[0].Length);
        foreach (var row in rows)
            table.Add(row);
        return table;
    }
}
