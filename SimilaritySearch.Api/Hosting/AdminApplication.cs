using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Stickers.SimilaritySearch.Api.Access;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Observing;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>What only operators ask, on an address of its own. Once there are keys, all but health needs one with the scope admin.</summary>
internal static class AdminApplication
{
    public static WebApplication Build(LookupService lookup, PairWatch watch, KeyRing keys, PrometheusText metrics, ApiOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(AdminApplication).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddSingleton<IHostLifetime, ApiApplication.CallerLifetime>();
        builder.Services.AddRouting();
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler(handling => handling.ExceptionHandler = context => FailureHandler.HandleAsync(context, options.RequestFailed));
        var app = builder.Build();
        app.Urls.Add(options.AdminUrl!);
        app.Use(SecurityHeaders.ApplyAsync);
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => Problems.WriteStatusAsync(context.HttpContext));
        app.UseRouting();
        app.Use(new AccessGate(keys).ApplyAsync);

        var admin = new RequiredScope(ApiScopes.Admin);
        app.MapGet("/healthz", () => TypedResults.Ok(new HealthAnswer("ok")));
        app.MapGet("/readyz", () => LookupApi.Ready(lookup));
        app.MapGet("/metrics", () => TypedResults.Text(metrics.Write(), PrometheusText.MediaType)).WithMetadata(admin);
        app.MapPost("/reload", Accepted () =>
        {
            watch.Nudge();
            return TypedResults.Accepted((string?)null);
        }).WithMetadata(admin);
        return app;
    }
}
