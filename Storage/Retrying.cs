using System.Diagnostics;
using System.Globalization;

namespace Stickers.Storage;

/// <summary>Repeats what failed for a passing reason, within bounds.</summary>
/// <param name="store">The store's root.</param>
/// <param name="options">The bounds.</param>
/// <param name="explain">Makes of what a library threw what a caller should see; of these, transient <see cref="StoreException"/>s are retried.</param>
internal sealed class Retrying(string store, RetryOptions options, Func<string, Exception, Exception> explain)
{
    /// <param name="key">The object, for messages.</param>
    /// <param name="work">One attempt, given its number from 1 on.</param>
    /// <param name="cancellation">Stops everything.</param>
    internal async Task<T> RunAsync<T>(string key, Func<int, CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        for (var attempt = 1; ; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            StoreException transient;
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limited.CancelAfter(options.AttemptTimeout);
            try
            {
                return await work(attempt, limited.Token).ConfigureAwait(false);
            }
            catch (Exception fault)
            {
                cancellation.ThrowIfCancellationRequested();
                var seen = limited.IsCancellationRequested
                    ? new StoreException(store, key, string.Create(CultureInfo.InvariantCulture, $"no answer within {options.AttemptTimeout.TotalSeconds:0.#} seconds."), isTransient: true, fault)
                    : explain(key, fault);
                if (seen is not StoreException { IsTransient: true } passing) throw seen;
                transient = passing;
            }

            var delay = options.DelayAfter(attempt, Random.Shared.NextDouble());
            if (clock.Elapsed + delay > options.Patience) throw GivenUp(transient, attempt, clock.Elapsed);
            await Task.Delay(delay, cancellation).ConfigureAwait(false);
        }
    }

    internal Task RunAsync(string key, Func<int, CancellationToken, Task> work, CancellationToken cancellation) => RunAsync(
        key,
        async (attempt, stop) =>
        {
            await work(attempt, stop).ConfigureAwait(false);
            return true;
        },
        cancellation);

    private static StoreException GivenUp(StoreException last, int attempts, TimeSpan time)
    {
        var what = last.What + string.Create(CultureInfo.InvariantCulture, $" Given up after {attempts} attempts in {time.TotalSeconds:0.#} seconds.");
        return new StoreException(last.Store, last.Key, what, isTransient: true, last.InnerException);
    }
}
