using Stickers.Storage;

namespace Stickers.SimilaritySearch.Api.Serving;

/// <summary>
/// Follows what is published: loads a new pair beside the one that is served and swaps them. What cannot be served is reported once, and the
/// old pair goes on; it is tried again when something is published, and now and then because a store may have been away.
/// </summary>
internal sealed class PairWatch(PairLoader loader, PairHolder holder, ApiOptions options) : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    /// <summary>The thread pool under a name of its own: what awaits under it comes back to it.</summary>
    private static readonly TaskScheduler Pool = new ConcurrentExclusiveSchedulerPair().ConcurrentScheduler;

    private readonly SemaphoreSlim _nudge = new(0, 1);
    private string? _stamp;

    /// <summary>Loads the first pair.</summary>
    /// <exception cref="ApiStartException">It cannot be served.</exception>
    public async Task LoadFirstAsync(CancellationToken cancellation)
    {
        _stamp = await loader.StampAsync(cancellation);
        holder.Swap(await BesideAsync(() => loader.LoadAsync(null, cancellation), cancellation));
    }

    /// <summary>Watches until cancelled, which is the normal end.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var (failed, wait, said) = (false, options.WatchInterval, "");
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var nudged = await _nudge.WaitAsync(wait, cancellation);
                var stamp = await loader.StampAsync(cancellation);
                if (stamp == _stamp && !failed && !nudged)
                    continue;
                await LoadNextAsync(cancellation);
                (_stamp, failed, wait, said) = (stamp, false, options.WatchInterval, "");
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is ApiStartException or StoreException or IOException or InvalidDataException)
            {
                wait = failed ? TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, LongestRetry.Ticks)) : Min(FirstRetry, options.WatchInterval);
                failed = true;
                if (e.Message != said)
                    options.Notice?.Invoke($"What is published now cannot be served; what was served before still is. {e.Message}");
                said = e.Message;
            }
        }
    }

    /// <summary>Looks at once.</summary>
    public void Nudge()
    {
        if (_nudge.CurrentCount == 0)
            _nudge.Release();
    }

    public void Dispose() => _nudge.Dispose();

    private async Task LoadNextAsync(CancellationToken cancellation)
    {
        var previous = holder.Lease();
        try
        {
            if (await BesideAsync(() => loader.LoadAsync(previous, cancellation), cancellation) is not { } next)
                return;
            holder.Swap(next);
            options.Notice?.Invoke($"Serving visual index {next.Visual.Version} and semantic index {next.Semantic.Version}, model {next.Model.Version}.");
        }
        finally
        {
            previous?.Release();
        }

        // What only the old pair used, once its last request is answered: to the collector, and from the allocator back to the system, which otherwise keeps it for the next.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        NativeMemory.Trim();
    }

    /// <summary>Reading a whole index keeps a thread busy: never one that answers requests, not even after waiting for the network, whose threads those may be.</summary>
    private static Task<T> BesideAsync<T>(Func<Task<T>> work, CancellationToken cancellation) =>
        Task.Factory.StartNew(work, cancellation, TaskCreationOptions.DenyChildAttach, Pool).Unwrap();

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
