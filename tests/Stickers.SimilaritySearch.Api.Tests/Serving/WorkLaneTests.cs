using System.Diagnostics;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Tests.Serving;

public sealed class WorkLaneTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_BeyondTheWorkers_WaitsItsTurnInOrder()
    {
        var lane = new WorkLane("test", workers: 1, TimeSpan.FromSeconds(20), maxQueued: 10);
        Assert.True(await lane.EnterAsync(Cancellation));
        var second = lane.EnterAsync(Cancellation).AsTask();
        var third = lane.EnterAsync(Cancellation).AsTask();
        Assert.Equal((1, 2), (lane.Running, lane.Waiting));
        lane.Leave(Stopwatch.GetTimestamp());
        Assert.True(await second);
        Assert.False(third.IsCompleted);
        lane.Leave(Stopwatch.GetTimestamp());
        Assert.True(await third);
        lane.Leave(Stopwatch.GetTimestamp());
        Assert.Equal((0, 0), (lane.Running, lane.Waiting));
    }

    [Fact]
    public async Task Enter_WhenTheQueueIsFull_IsRefusedAtOnce()
    {
        var lane = new WorkLane("test", workers: 1, TimeSpan.FromSeconds(20), maxQueued: 1);
        await lane.EnterAsync(Cancellation);
        _ = lane.EnterAsync(Cancellation).AsTask();
        var refused = lane.EnterAsync(Cancellation);
        Assert.True(refused.IsCompleted);
        Assert.False(await refused);
    }

    [Fact]
    public async Task Enter_WhenThoseBeforeTakeTooLong_IsRefusedThoughTheQueueHasRoom()
    {
        var lane = new WorkLane("test", workers: 2, TimeSpan.FromMilliseconds(25), maxQueued: 100);
        // One piece took ten seconds: whoever comes third behind two workers would wait far too long; the first round may wait.
        await lane.EnterAsync(Cancellation);
        lane.Leave(Stopwatch.GetTimestamp() - (10 * Stopwatch.Frequency));
        await lane.EnterAsync(Cancellation);
        await lane.EnterAsync(Cancellation);
        var first = lane.EnterAsync(Cancellation);
        var second = lane.EnterAsync(Cancellation);
        Assert.False(first.IsCompleted || second.IsCompleted);
        Assert.False(await lane.EnterAsync(Cancellation));
    }

    [Fact]
    public async Task IsShortFor_ByWhatPiecesTook_SaysWhetherAllBeginInTime()
    {
        var lane = new WorkLane("test", workers: 2, TimeSpan.FromSeconds(20), maxQueued: 10);
        Assert.False(lane.IsShortFor(1));
        await lane.EnterAsync(Cancellation);
        lane.Leave(Stopwatch.GetTimestamp() - Stopwatch.Frequency);
        // A little more than a second each, on two threads, within twenty seconds.
        Assert.True(lane.IsShortFor(30));
        Assert.False(lane.IsShortFor(41));
    }

    [Fact]
    public async Task Enter_Cancelled_LeavesTheQueueToTheOthers()
    {
        var lane = new WorkLane("test", workers: 1, TimeSpan.FromSeconds(20), maxQueued: 10);
        await lane.EnterAsync(Cancellation);
        using var stop = new CancellationTokenSource();
        var second = lane.EnterAsync(stop.Token).AsTask();
        var third = lane.EnterAsync(Cancellation).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        lane.Leave(Stopwatch.GetTimestamp());
        Assert.True(await third);
    }

    [Fact]
    public async Task Enter_FromManyThreads_NeverRunsMoreThanTheWorkers()
    {
        var lane = new WorkLane("test", workers: 3, TimeSpan.FromSeconds(20), maxQueued: 10_000);
        var (running, most, done) = (0, 0, 0);
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation }, async (_, cancellation) =>
        {
            Assert.True(await lane.EnterAsync(cancellation));
            var now = Interlocked.Increment(ref running);
            int seen;
            while (now > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, now, seen) != seen)
            {
            }

            await Task.Yield();
            Interlocked.Decrement(ref running);
            Interlocked.Increment(ref done);
            lane.Leave(Stopwatch.GetTimestamp());
        });
        Assert.Equal(2000, done);
        Assert.InRange(most, 1, 3);
        Assert.Equal((0, 0), (lane.Running, lane.Waiting));
    }
}
