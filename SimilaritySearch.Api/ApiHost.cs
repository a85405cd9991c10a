using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Stickers.SimilaritySearch.Api.Hosting;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api;

/// <summary>Runs the lookup API and its page inside the calling process.</summary>
public static class ApiHost
{
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

        using var lookup = new LookupService(options);
        await using var app = ApiApplication.Build(lookup, options);
        await StartAsync(app, options, cancellation);
        var watch = new PairWatch(new PairLoader(options.Store), lookup.Pairs, options);
        await watch.LoadFirstAsync(cancellation);
        options.Listening?.Invoke(AddressOf(app));
        await watch.RunAsync(cancellation);

        lookup.Draining = true;
        await Task.Delay(options.DrainDelay, CancellationToken.None);
        await app.StopAsync(CancellationToken.None);
    }

    /// <summary>The address that a started application listens on.</summary>
    internal static Uri AddressOf(WebApplication app) => new(app.Urls.First());

    private static async Task StartAsync(WebApplication app, ApiOptions options, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new ApiStartException(
                string.Create(CultureInfo.InvariantCulture, $"Cannot listen on {options.Url}: {e.Message} Choose another address, or port 0 for a free one."), e);
        }
    }
}
