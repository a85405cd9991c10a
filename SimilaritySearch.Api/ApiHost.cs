using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Stickers.SimilaritySearch.Api.Hosting;

namespace Stickers.SimilaritySearch.Api;

/// <summary>Runs the lookup API and its page inside the calling process.</summary>
public static class ApiHost
{
    /// <summary>
    /// Loads the published indexes with the model that made them, serves until cancelled, then lets running requests finish.
    /// Prints nothing: <see cref="ApiOptions.Listening"/> tells the address.
    /// </summary>
    /// <param name="options">What to serve, where, under which limits.</param>
    /// <param name="cancellation">Stops serving; the task then completes normally.</param>
    /// <exception cref="ApiStartException">Nothing is published, model and indexes do not belong together, or the address is taken.</exception>
    public static async Task RunAsync(ApiOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using var lookup = await LookupService.OpenAsync(options.Store, cancellation);
        await using var app = ApiApplication.Build(lookup, options);
        await StartAsync(app, options, cancellation);
        options.Listening?.Invoke(AddressOf(app));
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The caller's way to say stop.
        }

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
