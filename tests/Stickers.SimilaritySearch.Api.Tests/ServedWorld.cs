using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Stickers.SimilaritySearch.Api.Hosting;
using Stickers.SimilaritySearch.Api.Serving;
using Stickers.SimilaritySearch.Api.Tests;

[assembly: AssemblyFixture(typeof(ServedWorld))]

namespace Stickers.SimilaritySearch.Api.Tests;

/// <summary>The world of drawn stickers behind a real Kestrel on a free port.</summary>
public sealed class ServedWorld : IAsyncLifetime
{
    private WebApplication _app = null!;

    internal TestWorld World { get; private set; } = null!;

    internal LookupService Lookup { get; private set; } = null!;

    internal Uri Address { get; private set; } = null!;

    internal HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        World = await TestWorld.CreateAsync(cancellation);
        Lookup = await OpenAsync(World, cancellation);
        (_app, Client) = await ServeAsync(new ApiOptions { Store = World.Store });
        Address = Client.BaseAddress!;
    }

    /// <summary>A service that has loaded what the world has published.</summary>
    internal static async Task<LookupService> OpenAsync(TestWorld world, CancellationToken cancellation, ApiOptions? options = null)
    {
        options ??= new ApiOptions { Store = world.Store };
        var lookup = new LookupService(options);
        using var watch = new PairWatch(new PairLoader(world.Store), lookup.Pairs, options);
        await watch.LoadFirstAsync(cancellation);
        return lookup;
    }

    /// <summary>Serves the same world once more under other limits; the caller disposes both.</summary>
    internal Task<(WebApplication App, HttpClient Client)> ServeAsync(ApiOptions options) => ServeAsync(Lookup, options);

    internal static async Task<(WebApplication App, HttpClient Client)> ServeAsync(LookupService lookup, ApiOptions options)
    {
        var app = ApiApplication.Build(lookup, options with { Url = "http://127.0.0.1:0" });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return (app, new HttpClient { BaseAddress = ApiHost.AddressOf(app) });
    }

    /// <summary>The JSON answer to a GET that must succeed.</summary>
    internal async Task<JsonElement> GetAsync(string path) =>
        await Client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        Lookup?.Dispose();
        World?.Dispose();
    }
}
