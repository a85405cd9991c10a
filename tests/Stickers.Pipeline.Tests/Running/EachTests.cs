using Stickers.Pipeline.Running;

namespace Stickers.Pipeline.Tests.Running;

public sealed class EachTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Each_WithItemsOfDifferentSlowness_KeepsTheirOrder(int degree)
    {
        var (context, run) = Create();
        var random = new Random(5);
        var delays = Enumerable.Range(0, 100).Select(_ => random.Next(3)).ToArray();
        var results = await context.Each(Enumerable.Range(0, 100).ToAsyncEnumerable(), item => $"item {item}", async (item, stop) =>
        {
            await Task.Delay(delays[item], stop);
            return item % 10 == 3 ? throw new BadItemException("Three", "It ends in three.") : item * 2;
        }, degree).ToListAsync(Token);

        Assert.Equal(Enumerable.Range(0, 100).Where(item => item % 10 != 3).Select(item => item * 2), results);
        Assert.Equal(Enumerable.Range(0, 10).Select(ten => new QuarantinedItem($"item {(ten * 10) + 3}", StageKind.Preprocess, "Three", "It ends in three.")), run.Quarantined);
    }

    [Fact]
    public async Task Each_OfAnyOtherException_NamesTheItem()
    {
        var (context, _) = Create();
        var failure = await Assert.ThrowsAsync<ItemException>(async () =>
            await context.Each(Enumerable.Range(0, 100).ToAsyncEnumerable(), item => $"item {item}", item => 10 / (item - 50), 4).ToListAsync(Token));
        Assert.Equal("item 50", failure.Key);
        Assert.IsType<DivideByZeroException>(failure.InnerException);
    }

    [Fact]
    public async Task Each_NeverRunsMoreAtOnceThanAsked()
    {
        var (context, _) = Create();
        var (running, most) = (0, 0);
        await context.Each(Enumerable.Range(0, 50).ToAsyncEnumerable(), item => "", async (item, stop) =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Delay(2, stop);
            Interlocked.Decrement(ref running);
            return item;
        }, 3).CountAsync(Token);
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public void Quarantine_BehindAStageThatReshapes_IsRefused()
    {
        var run = new ShardRun(0, 0, new Shard("a", ""), stage => stage == StageKind.Preprocess);
        var context = new ShardContext(new StageContext { Stage = StageKind.Main }, run);
        Assert.Contains("behind preprocess, which reshapes the stream", Assert.Throws<InvalidOperationException>(() => context.Quarantine("k", "c", "r")).Message, StringComparison.Ordinal);
    }

    private static (ShardContext Context, ShardRun Run) Create()
    {
        var run = new ShardRun(0, 0, new Shard("a", ""), _ => false);
        return (new ShardContext(new StageContext { Stage = StageKind.Preprocess, Threads = 4, Cancellation = Token }, run), run);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
