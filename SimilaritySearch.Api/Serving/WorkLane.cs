using System.Diagnostics;

namespace Stickers.SimilaritySearch.Api.Serving;

/// <summary>
/// A bounded queue for work that keeps a core busy. So many pieces run at once as there are workers; another one waits only if it is expected to
/// come up in time, by what pieces took of late. Everything else is told at once that there is no room: a queue that grows serves nobody.
/// </summary>
internal sealed class WorkLane(string name, int workers, TimeSpan maxWait, int maxQueued)
{
    private const double Weight = 0.05; // of the newest piece in the mean

    private readonly Lock _gate = new();
    private readonly Queue<Waiter> _waiting = new();
    private int _running;
    private double _meanSeconds;
    private long _refused;

    public string Name => name;

    /// <summary>Pieces that wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Pieces that run.</summary>
    public int Running => _running;

    /// <summary>Pieces that there was no room for, so far.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Whether another piece would be refused now. Looks without waiting for anybody, so that it may be a moment behind.</summary>
    public bool IsFull => _running >= workers && MustRefuse();

    /// <summary>Whether so many pieces, one after the other on as many threads as there are workers, all begin in time, by what pieces took of late. Not known: no.</summary>
    public bool IsShortFor(int pieces) => _meanSeconds > 0 && pieces * _meanSeconds / workers <= maxWait.TotalSeconds;

    /// <summary>Counts a piece that was refused without asking for a place.</summary>
    public void Refuse() => Interlocked.Increment(ref _refused);

    /// <summary>Waits for a place; false: there is none, and none is expected in time. After true, <see cref="Leave"/> must follow.</summary>
    /// <param name="cancellation">Stops the waiting.</param>
    /// <param name="patience">How long the calling thread itself waits for a place that is not free yet, before the task does.</param>
    public ValueTask<bool> EnterAsync(CancellationToken cancellation, TimeSpan patience = default)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_running < workers)
            {
                _running++;
                return new ValueTask<bool>(true);
            }

            if (MustRefuse())
            {
                Refuse();
                return new ValueTask<bool>(false);
            }

            _waiting.Enqueue(waiter = new Waiter(Stopwatch.GetTimestamp()));
        }

        // Whoever goes away while its thread waits is given its place all the same, or leaves the queue a moment later: never may a place be given to nobody.
        return patience > TimeSpan.Zero && waiter.Task.Wait(patience, CancellationToken.None) ? new ValueTask<bool>(waiter.Task) : new ValueTask<bool>(waiter.WaitAsync(cancellation));
    }

    /// <summary>Gives the place to who waits longest.</summary>
    /// <param name="started">Time stamp of when the work began.</param>
    public void Leave(long started)
    {
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        lock (_gate)
        {
            _meanSeconds = _meanSeconds == 0 ? seconds : _meanSeconds + ((seconds - _meanSeconds) * Weight);
            while (_waiting.TryDequeue(out var next))
            {
                // Who waited twice as long as promised is let down: the ones behind it can still be served in time.
                var late = Stopwatch.GetElapsedTime(next.Since) > 2 * maxWait && _waiting.Count >= workers;
                if (next.TrySetResult(!late) && !late)
                    return;
                if (late)
                    Refuse();
            }

            _running--;
        }
    }

    /// <summary>One round of waiters always fits: where a piece takes longer than the wait allows, the mean says no to everybody.</summary>
    private bool MustRefuse()
    {
        var waiting = _waiting.Count;
        return waiting >= maxQueued || (waiting >= workers && (waiting + 1) * _meanSeconds / workers > maxWait.TotalSeconds);
    }

    private sealed class Waiter(long since) : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Since => since;

        public async Task<bool> WaitAsync(CancellationToken cancellation)
        {
            await using var registration = cancellation.UnsafeRegister(static (waiter, token) => ((Waiter)waiter!).TrySetCanceled(token), this);
            return await Task.ConfigureAwait(false);
        }
    }
}
