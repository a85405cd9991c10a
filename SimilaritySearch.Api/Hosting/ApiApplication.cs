using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Stickers.SimilaritySearch.Api.Access;
using Stickers.SimilaritySearch.Api.Observing;
using Stickers.SimilaritySearch.Api.Reviewing;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>Puts the web application together. It reads no settings files and no environment: what counts is in the options.</summary>
internal static class ApiApplication
{
    /// <summary>Name of the limit that every upload endpoint shares.</summary>
    public const string UploadLimit = "uploads";

    /// <param name="lookup">Answers.</param>
    /// <param name="options">How.</param>
    /// <param name="keys">Who may ask; null for this machine.</param>
    /// <param name="log">Where requests are written; null for nowhere.</param>
    public static WebApplication Build(LookupService lookup, ApiOptions options, KeyRing? keys = null, RequestLog? log = null)
    {
        keys ??= new KeyRing(options.Store);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(ApiApplication).Assembly.GetName().Name });
        // A request begins on the thread that has read it; LookupService decides whether it stays there.
        builder.WebHost.UseKestrelCore().UseSockets(sockets =>
        {
            sockets.UnsafePreferInlineScheduling = true;
        }).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(listen => listen.Use(lookup.Connections.Follow));
            kestrel.Limits.MaxRequestBodySize = UploadReader.MaxBodyBytes;
        });
        builder.Services.AddSingleton<IHostLifetime, CallerLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.Services.AddSingleton(lookup);
        builder.Services.AddSingleton(keys);
        builder.Services.AddSingleton(_ => new ReviewDesk(options.Store));
        builder.Services.AddRouting();
        builder.Services.AddProblemDetails();
        builder.Services.AddValidation();
        builder.Services.AddExceptionHandler(handling => handling.ExceptionHandler = context => FailureHandler.HandleAsync(context, options.RequestFailed));
        builder.Services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = options.RequestTimeout,
            TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
            WriteTimeoutResponse = context => Problems.WriteBusyAsync(context, "The request took too long and was stopped."),
        });
        builder.Services.AddRateLimiter(limits => LimitUploads(limits, options));
        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddLookupOpenApi();

        var app = builder.Build();
        app.Urls.Add(options.Url);
        app.Use(new OverloadGate(lookup.Search).ApplyAsync);
        app.Use(SecurityHeaders.ApplyAsync);
        app.UseExceptionHandler();
        app.UseRouting();
        // Lookups give their errors a body themselves.
        app.UseWhen(context => !LookupApi.IsLookup(context), others => others.UseStatusCodePages(context => Problems.WriteStatusAsync(context.HttpContext)));
        app.Use(new RequestWatch(log).ApplyAsync);
        app.Use(new AccessGate(keys).ApplyAsync);
        // What waits for no body and does one short search, its lane keeps short: a timer for each request is a hundredth of its cost.
        app.UseWhen(context => !LookupApi.IsShort(context), others => others.UseRequestTimeouts());
        app.UseRateLimiter();
        app.MapLookupApi(lookup);
        app.MapPage();
        return app;
    }

    /// <summary>Decoding and the network take the CPU: few at a time, a short queue, and an honest refusal beyond.</summary>
    private static void LimitUploads(Microsoft.AspNetCore.RateLimiting.RateLimiterOptions limits, ApiOptions options)
    {
        limits.RejectionStatusCode = StatusCodes.Status503ServiceUnavailable;
        limits.OnRejected = (rejected, _) => new ValueTask(Problems.WriteBusyAsync(rejected.HttpContext,
            string.Create(CultureInfo.InvariantCulture,
                $"{options.MaxConcurrentUploads} uploads are being worked on and {options.MaxQueuedUploads} are waiting; try again shortly.")));
        limits.AddPolicy(UploadLimit, _ => RateLimitPartition.GetConcurrencyLimiter(UploadLimit, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = options.MaxConcurrentUploads,
            QueueLimit = options.MaxQueuedUploads,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));
    }

    /// <summary>Signals belong to the program that hosts the API, not to the web framework.</summary>
    internal sealed class CallerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
