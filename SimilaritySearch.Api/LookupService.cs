using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Stickers.SimilaritySearch.Api.Hosting;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api;

/// <summary>
/// Runs each lookup on one pair of indexes and model, leased for as long as it takes, in the lane that its work belongs to. Thread-safe.
/// </summary>
internal sealed class LookupService : IDisposable
{
    /// <summary>How long a thread that reads sockets does one client's lookups without a look at the others': one that asks again at once could keep it for itself.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(5);

    /// <summary>How long such a thread waits for a place itself: a few short searches. To come back to the search on another thread costs more than that.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1);

    /// <summary>The connection that this thread did its last lookup for, and what it spent on that one alone since.</summary>
    [ThreadStatic]
    private static (string? Connection, TimeSpan Spent) _turn;

    public LookupService(ApiOptions options)
    {
        var cores = options.Workers;
        Light = new WorkLane("light", 2 * cores, options.LookupWait, options.MaxQueuedLookups);
        Search = new WorkLane("search", cores, options.LookupWait, options.MaxQueuedLookups);
        Probe = new RecallProbe(options.RecallProbeShare, options.RecallProbePause);
        Upload = new WorkLane("upload", cores, options.UploadWait, options.MaxQueuedUploads);
    }

    /// <summary>Watches over the recall of live answers.</summary>
    public RecallProbe Probe { get; }

    public PairHolder Pairs { get; } = new();

    /// <summary>Lookups that read a few rows or tables in memory: they never wait behind a search.</summary>
    public WorkLane Light { get; }

    /// <summary>Searches in an index.</summary>
    public WorkLane Search { get; }

    /// <summary>Decoding and the network.</summary>
    public WorkLane Upload { get; }

    /// <summary>Who can ask at the same time.</summary>
    public OpenConnections Connections { get; } = new();

    /// <summary>Set when the server is about to stop: no longer ready, still answering.</summary>
    public bool Draining { get; set; }

    /// <summary>The answer, 404 where the work gives none, or 503 where there is no room or nothing is loaded yet.</summary>
    /// <param name="lane">Where the work belongs.</param>
    /// <param name="work">The work.</param>
    /// <param name="missing">Said with 404.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    /// <param name="briefFor">Id of the connection that asks, where this is the usual work of the lane, in memory alone: it may be done on the thread that read the request.</param>
    public Task<Results<Ok<T>, ProblemHttpResult, BusyResult>> AnswerAsync<T>(
        WorkLane lane, Func<ServedPair, T?> work, string? missing, CancellationToken cancellation, string? briefFor = null) where T : class =>
        RunAsync<Results<Ok<T>, ProblemHttpResult, BusyResult>>(
            lane, briefFor, pair => work(pair) is { } answer ? TypedResults.Ok(answer) : Problems.NotFound(missing), busy => busy, cancellation);

    /// <summary>As <see cref="AnswerAsync"/>, for work that writes its answer itself.</summary>
    public Task<Results<ReadyJson<T>, ProblemHttpResult, BusyResult>> WriteAsync<T>(
        WorkLane lane, Func<ServedPair, ReadyJson<T>?> work, string? missing, CancellationToken cancellation, string? briefFor = null) =>
        RunAsync<Results<ReadyJson<T>, ProblemHttpResult, BusyResult>>(
            lane, briefFor, pair => work(pair) is { } answer ? answer : Problems.NotFound(missing), busy => busy, cancellation);

    private async Task<T> RunAsync<T>(WorkLane lane, string? briefFor, Func<ServedPair, T> work, Func<BusyResult, T> refuse, CancellationToken cancellation)
    {
        // To hand a short search to another thread costs a quarter of it. But the threads that read sockets (see ApiHost.AnswerWhereItIsRead) also tell others that there is
        // no room, and who is behind in their queue no lane sees: they do only what cannot keep anybody waiting for longer than a lane may.
        var reads = !Thread.CurrentThread.IsThreadPoolThread;
        var stays = reads && briefFor is not null && IsTurnOf(briefFor) && lane.IsShortFor(Connections.Count);
        if (!await lane.EnterAsync(cancellation, stays ? Patience : TimeSpan.Zero))
            return refuse(BusyResult.Overloaded);
        var started = Stopwatch.GetTimestamp();
        try
        {
            if (reads && !stays)
            {
                await Task.Yield();
                started = Stopwatch.GetTimestamp();
            }

            if (Pairs.Lease() is not { } pair)
                return refuse(BusyResult.NotReady);
            try
            {
                return work(pair);
            }
            finally
            {
                pair.Release();
                if (stays)
                    _turn.Spent += Stopwatch.GetElapsedTime(started);
            }
        }
        finally
        {
            lane.Leave(started);
        }
    }

    /// <summary>Whether this thread may do a lookup of a connection itself; one that had its turn begins another.</summary>
    private static bool IsTurnOf(string connection)
    {
        if (_turn.Connection == connection && _turn.Spent < Turn)
            return true;
        var first = _turn.Connection != connection;
        _turn = (connection, TimeSpan.Zero);
        return first;
    }

    public void Dispose() => Pairs.Dispose();
}
