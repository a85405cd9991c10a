using System.Diagnostics;
using Microsoft.AspNetCore.Connections;

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

    private Task<LookupService> OpenAsync() =>
        ServedWorld.OpenAsync(served.World, Cancellation, new ApiOptions { Store = served.World.Store, Workers = 2, LookupWait = TimeSpan.FromMilliseconds(5) });

    /// <summary>Has the lane of searches see a piece of work that took so long.</summary>
    private static async Task MeasureAsync(LookupService lookup, double milliseconds)
    {
        Assert.True(await lookup.Search.EnterAsync(Cancellation));
        lookup.Search.Leave(Stopwatch.GetTimestamp() - (long)(milliseconds * Stopwatch.Frequency / 1000));
    }

    /// <summary>Whether work that a thread of its own asks for is done on that thread.</summary>
    private static Task<bool> StaysAsync(LookupService lookup, bool brief)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reader = new Thread(() =>
        {
            var self = Environment.CurrentManagedThreadId;
            lookup.AnswerAsync(lookup.Search, _ =>
            {
                done.SetResult(Environment.CurrentManagedThreadId == self);
                return "";
            }, missing: null, Cancellation, brief);
        });
        reader.Start();
        return done.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
    }
}
