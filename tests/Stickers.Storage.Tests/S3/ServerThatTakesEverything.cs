using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Stickers.Storage.Tests.S3;

/// <summary>Answers every request as an S3 server does a put that succeeded, whatever its conditions.</summary>
internal sealed class ServerThatTakesEverything : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServerThatTakesEverything(WebApplication app) => _app = app;

    public Uri Endpoint => new(_app.Urls.First());

    public static async Task<ServerThatTakesEverything> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.Headers.ETag = "\"00000000000000000000000000000000\"";
        });
        await app.StartAsync();
        return new ServerThatTakesEverything(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
