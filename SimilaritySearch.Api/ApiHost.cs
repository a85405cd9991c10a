using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Stickers.SimilaritySearch.Api.Access;
using Stickers.SimilaritySearch.Api.Hosting;
using Stickers.SimilaritySearch.Api.Observing;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api;

/// <summary>Runs the lookup API and its page inside the calling process.</summary>
public static class ApiHost
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// Has sockets answered by the threads that find something to read on them, one for each core, so that a short lookup needs no other thread: a sixth of its cost. It is the
    /// whole process that is set so, and only before its first socket: for a program that does nothing but serve, from files of its own machine. What waits for an answer from elsewhere
    /// might otherwise wait on the very thread that is to read it.
    /// </summary>
    public static void AnswerWhereItIsRead()
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
    }

    /// <summary>
    /// Loads the published indexes with the model that made them and serves until cancelled; what is published meanwhile is loaded beside and
    /// swapped in. Then running requests finish. Prints nothing: <see cref="ApiOptions.Listening"/> tells the address once lookups are answered.
    /// </summary>
    /// <param name="options">What to serve, where, under which limits.</param>
    /// <param name="cancellation">Stops serving; the task then completes normally.</param>
    /// <exception cref="ApiStartException">Nothing is published, model and indexes do not belong together, or the address is taken.</exception>
    public static async Task RunAsync(ApiOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        // Work keeps its thread; others must be there at once for those who are only told that there is no room.
        ThreadPool.GetMinThreads(out var threads, out var completions);
        ThreadPool.SetMinThreads(Math.Max(threads, (4 * options.Workers) + 4), completions);

        var keys = await KeysAsync(options, cancellation);
        using var lookup = new LookupService(options);
        using var watch = new PairWatch(new PairLoader(options.Store, lookup.Probe), lookup.Pairs, options);
        using var gauges = new ServerGauges(lookup);
        using var metrics = new PrometheusText(LookupTelemetry.Meter, gauges.Meter);
        await using var log = options.RequestLog is null ? null : new RequestLog(options.RequestLog);
        await using var app = ApiApplication.Build(lookup, options, keys, log);
        await using var admin = options.AdminUrl is null ? null : AdminApplication.Build(lookup, watch, keys, metrics, options);
        await StartAsync(app, options.Url, cancellation);
        if (admin is not null)
        {
            await StartAsync(admin, options.AdminUrl!, cancellation);
            options.AdminListening?.Invoke(AddressOf(admin));
        }

        try
        {
            await watch.LoadFirstAsync(cancellation);
        }
        catch
        {
            // Who asks whether it is ready is still told no, and not cut off.
            await app.StopAsync(CancellationToken.None);
            throw;
        }

        options.Listening?.Invoke(AddressOf(app));
        await Task.WhenAll(watch.RunAsync(cancellation), keys.WatchAsync(options.Notice, cancellation));

        lookup.Draining = true;
        await Task.Delay(options.DrainDelay, CancellationToken.None);
        await app.StopAsync(CancellationToken.None);
        if (admin is not null)
            await admin.StopAsync(CancellationToken.None);
    }

    /// <summary>The address that a started application listens on.</summary>
    internal static Uri AddressOf(WebApplication app) => new(app.Urls.First());

    /// <summary>The keys in force; without any, only an address that nobody else reaches is accepted.</summary>
    private static async Task<KeyRing> KeysAsync(ApiOptions options, CancellationToken cancellation)
    {
        var keys = new KeyRing(options.Store);
        try
        {
            await keys.RefreshAsync(cancellation);
        }
        catch (InvalidDataException e)
        {
            throw new ApiStartException($"The keys cannot be read: {e.Message}", e);
        }

        foreach (var url in new[] { options.Url, options.AdminUrl })
        {
            if (keys.IsOpen && url is not null && !new Uri(url).IsLoopback)
            {
                throw new ApiStartException(
                    $"There are no keys, so everybody who reaches {url} could ask. Make one first (stickers keys add NAME --root {options.Store.Root}), or listen on this machine only (http://127.0.0.1:8080).");
            }
        }

        return keys;
    }

    private static async Task StartAsync(WebApplication app, string url, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new ApiStartException(
                string.Create(CultureInfo.InvariantCulture, $"Cannot listen on {url}: {e.Message} Choose another address, or port 0 for a free one."), e);
        }
    }
}
