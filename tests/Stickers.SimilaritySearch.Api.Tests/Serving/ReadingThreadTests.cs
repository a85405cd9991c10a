using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Tests.Serving;

/// <summary>A thread that reads sockets answers what is short, and nothing else. Any thread that is not the pool's stands for one.</summary>
public sealed class ReadingThreadTests(ServedWorld served)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_OfBriefWorkThatIsKnownToBeShort_StaysOnTheThreadThatReads()
    {
        using var lookup = await OpenAsync();
        await MeasureAsync(lookup, milliseconds: 0.01);
        Assert.True(await StaysAsync(lookup, brief: true));
    }

    [Fact]
    public async Task Answer_OfOtherWork_GoesToThePool()
    {
        using var lookup = await OpenAsync();
        await MeasureAsync(lookup, milliseconds: 0.01);
        Assert.False(await StaysAsync(lookup, brief: false));
    }

    [Fact]
    public async Task Answer_BeforeAnybodyKnowsHowLongItTakes_GoesToThePool()
    {
        using var lookup = await OpenAsync();
        Assert.False(await StaysAsync(lookup, brief: true));
    }

    [Fact]
    public async Task Answer_WhenManyCouldWaitBehindEachOther_GoesToThePool()
    {
        using var lookup = await OpenAsync();
        // Of a millisecond each, or a few where compiling is measured with it: one is done within the five that one may wait on two threads, twenty are not.
        await MeasureAsync(lookup, milliseconds: 1);
        var open = new TaskCompletionSource();
        var connection = lookup.Connections.Follow(_ => open.Task);
        var all = new List<Task> { connection(new DefaultConnectionContext()) };
        Assert.True(await StaysAsync(lookup, brief: true));
        all.AddRange(Enumerable.Range(1, 19).Select(_ => connection(new DefaultConnectionContext())));
        Assert.Equal(20, lookup.Connections.Count);
        Assert.False(await StaysAsync(lookup, brief: true));
        open.SetResult();
        await Task.WhenAll(all);
        Assert.Equal(0, lookup.Connections.Count);
    }

    [Fact]
    public async Task Answer_OfOneClientAlone_GoesToThePoolAfterItsTurn()
    {
        using var lookup = await OpenAsync();
        await MeasureAsync(lookup, milliseconds: 0.01);
        // Three of two milliseconds and more are a turn of five: the one after them is handed over, and another turn begins.
        var stayed = await OnOneThreadAsync(lookup, milliseconds: 2, [.. Enumerable.Repeat("one", 12)]);
        Assert.Contains(false, stayed);
        Assert.Contains(true, stayed[(Array.IndexOf(stayed, false) + 1)..]);
    }

    [Fact]
    public async Task Answer_OfClientsThatTakeTurns_StaysOnTheThreadThatReads()
    {
        using var lookup = await OpenAsync();
        await MeasureAsync(lookup, milliseconds: 0.01);
        var stayed = await OnOneThreadAsync(lookup, milliseconds: 2, [.. Enumerable.Range(0, 12).Select(i => i % 2 == 0 ? "one" : "another")]);
        Assert.DoesNotContain(false, stayed);
    }

    [Fact]
    public async Task Answer_WhenAPlaceIsFreeInAMoment_IsWaitedForOnTheThreadThatReads()
    {
        var lane = new WorkLane("lane", workers: 1, maxWait: TimeSpan.FromSeconds(5), maxQueued: 8);
        Assert.True(await lane.EnterAsync(Cancellation));
        var entered = new TaskCompletionSource<(bool Given, int Thread)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reader = new Thread(() =>
        {
            var entering = lane.EnterAsync(Cancellation, patience: TimeSpan.FromSeconds(50));
            entered.SetResult((entering is { IsCompletedSuccessfully: true, Result: true }, Environment.CurrentManagedThreadId));
        });
        reader.Start();
        SpinWait.SpinUntil(() => lane.Waiting == 1, TimeSpan.FromSeconds(50));
        lane.Leave(Stopwatch.GetTimestamp());
        var (given, thread) = await entered.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.True(given);
        Assert.Equal(reader.ManagedThreadId, thread);
        Assert.Equal((1, 0), (lane.Running, lane.Waiting));
    }

    [Fact]
    public async Task Enter_WhenPatienceEnds_GoesOnWaitingWithoutTheThread()
    {
        var lane = new WorkLane("lane", workers: 1, maxWait: TimeSpan.FromSeconds(5), maxQueued: 8);
        Assert.True(await lane.EnterAsync(Cancellation));
        var entering = lane.EnterAsync(Cancellation, patience: TimeSpan.FromMilliseconds(1));
        Assert.False(entering.IsCompleted);
        lane.Leave(Stopwatch.GetTimestamp());
        Assert.True(await entering);
    }

    [Fact]
    public async Task Enter_WhoGoesAwayWhileItsThreadWaits_LeavesNoPlaceToNobody()
    {
        var lane = new WorkLane("lane", workers: 1, maxWait: TimeSpan.FromSeconds(5), maxQueued: 8);
        Assert.True(await lane.EnterAsync(Cancellation));
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        var entering = lane.EnterAsync(gone.Token, patience: TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await entering);
        lane.Leave(Stopwatch.GetTimestamp());
        Assert.Equal((0, 0), (lane.Running, lane.Waiting));
    }

    private Task<LookupService> OpenAsync() =>
        ServedWorld.OpenAsync(served.World, Cancellation, new ApiOptions { Store = served.World.Store, Workers = 2, LookupWait = TimeSpan.FromMilliseconds(5) });

    /// <summary>Has the lane of searches see a piece of work that took so long.</summary>
    private static async Task MeasureAsync(LookupService lookup, double milliseconds)
    {
        Assert.True(await lookup.Search.EnterAsync(Cancellation));
        lookup.Search.Leave(Stopwatch.GetTimestamp() - (long)(milliseconds * Stopwatch.Frequency / 1000));
    }

    /// <summary>Whether work that a thread of its own asks for is done on that thread.</summary>
    private static async Task<bool> StaysAsync(LookupService lookup, bool brief) => (await OnOneThreadAsync(lookup, milliseconds: 0, brief ? "one" : null))[0];

    /// <summary>Whether each of some pieces of work, which a thread of its own asks for one after the other, is done on that thread.</summary>
    /// <param name="lookup">Answers.</param>
    /// <param name="milliseconds">What each takes at least.</param>
    /// <param name="connections">Who asks for each; null for work that is not brief.</param>
    private static Task<bool[]> OnOneThreadAsync(LookupService lookup, int milliseconds, params string?[] connections)
    {
        var done = new TaskCompletionSource<bool[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reader = new Thread(() =>
        {
            var self = Environment.CurrentManagedThreadId;
            var stayed = new bool[connections.Length];
            for (var i = 0; i < stayed.Length; i++)
            {
                var piece = i;
                using var ended = new ManualResetEventSlim();
                _ = lookup.AnswerAsync(lookup.Search, _ =>
                {
                    stayed[piece] = Environment.CurrentManagedThreadId == self;
                    Thread.Sleep(milliseconds);
                    ended.Set();
                    return "";
                }, missing: null, Cancellation, connections[piece]);
                ended.Wait(TimeSpan.FromSeconds(60), Cancellation);
            }

            done.SetResult(stayed);
        });
        reader.Start();
        return done.Task.WaitAsync(TimeSpan.FromSeconds(600), Cancellation);
    }
}
