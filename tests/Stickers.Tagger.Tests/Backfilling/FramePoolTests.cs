using Stickers.Tagger.Backfilling;

namespace Stickers.Tagger.Tests.Backfilling;

public sealed class FramePoolTests
{
    [Fact]
    public void Pool_OneFrame_IsThatFrame()
    {
        var only = new Prediction([0.3f], [1f, 0f], [0f, 1f]);
        Assert.Same(only, FramePool.Pool([only], [1]));
    }

    [Fact]
    public void Pool_TwoFrames_AveragesScoresAndDirectionsByTheirShares()
    {
        var even = FramePool.Pool([new Prediction([0.2f], [1f, 0f], [0f, 1f]), new Prediction([0.4f], [0f, 1f], [0f, 1f])], [0.75f, 0.25f]);
        Assert.Equal(0.25f, even.Scores[0], 6);
        Assert.Equal(3f, even.Visual[0] / even.Visual[1], 5);
        Assert.Equal(1f, MathF.Sqrt(even.Visual.Sum(value => value * value)), 5);

        var pooled = FramePool.Pool([new Prediction([0.2f, 1f], [1f, 0f], [0f, 1f]), new Prediction([0.4f, 0f], [0f, 1f], [0f, 1f])], [0.5f, 0.5f]);

        Assert.Equal(0.3f, pooled.Scores[0], 6);
        Assert.Equal(0.5f, pooled.Scores[1], 6);
        Assert.Equal(MathF.Sqrt(0.5f), pooled.Visual[0], 6);
        Assert.Equal(MathF.Sqrt(0.5f), pooled.Visual[1], 6);
        Assert.Equal([0f, 1f], pooled.Semantic);
    }

    [Fact]
    public void Pool_OppositeVectors_TakesTheFirstFrame()
    {
        var pooled = FramePool.Pool([new Prediction([], [1f, 0f], [0f, 1f]), new Prediction([], [-1f, 0f], [0f, -1f])], [0.5f, 0.5f]);
        Assert.Equal([1f, 0f], pooled.Visual);
        Assert.Equal([0f, 1f], pooled.Semantic);
    }

    [Fact]
    public void Pool_NoFrame_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => FramePool.Pool([], []));

    [Fact]
    public void Pool_SharesOfOtherFrames_Throws() => Assert.Throws<ArgumentException>(() => FramePool.Pool([new Prediction([], [1f], [1f])], [0.5f, 0.5f]));
}
