using Stickers.Tagger.Training;

namespace Stickers.Tagger.Tests.Training;

public sealed class BatchOrderTests
{
    [Fact]
    public void Step_OneEpoch_HasEveryRowOnce()
    {
        int[] rows = [.. Enumerable.Range(100, 37)];
        var order = new BatchOrder(rows, 8, seed: 3);

        var seen = Enumerable.Range(0, 10).SelectMany(s => order.Step(s)).Select(i => i.Row).ToArray();

        Assert.Equal(rows, seen.Take(37).Order());
        Assert.Equal(rows, seen.Skip(37).Take(37).Order());
        Assert.NotEqual(seen.Take(37), seen.Skip(37).Take(37));
    }

    [Fact]
    public void Step_AskedAgainOrByAnother_IsTheSame()
    {
        int[] rows = [.. Enumerable.Range(0, 50)];
        var first = new BatchOrder(rows, 16, seed: 3);
        var expected = Enumerable.Range(0, 12).Select(s => first.Step(s)).ToArray();

        var second = new BatchOrder(rows, 16, seed: 3);
        Assert.Equal(expected[11], second.Step(11));
        Assert.Equal(expected[2], second.Step(2));
        Assert.NotEqual(expected[2], new BatchOrder(rows, 16, seed: 4).Step(2));
    }
}
