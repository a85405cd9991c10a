using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Stickers.SimilaritySearch.Api.Access;
using Stickers.SimilaritySearch.Api.Tests.Serving;

namespace Stickers.SimilaritySearch.Api.Tests.Access;

public sealed class KeyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Key_InTheStore_IsOnlyAHash()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        var (key, secret) = await ApiKeys.AddAsync(world.Store, "chat", ApiScopes.Read | ApiScopes.Admin, 5, Cancellation);
        var text = await File.ReadAllTextAsync(world.Store.PathOf("api-keys.json"), Cancellation);
        Assert.DoesNotContain(secret[12..], text, StringComparison.Ordinal);
        Assert.Contains(key.Hash, text, StringComparison.Ordinal);
        Assert.Equal(["read", "admin"], Assert.Single(await ApiKeys.ListAsync(world.Store, Cancellation)).Scopes);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => ApiKeys.RevokeAsync(world.Store, "00000000", Cancellation));
    }

    [Fact]
    public async Task Keys_AddedByManyAtOnce_AreAllThere()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ApiKeys.AddAsync(world.Store, $"k{i}", ApiScopes.Read, 0, Cancellation)));
        Assert.Equal(8, (await ApiKeys.ListAsync(world.Store, Cancellation)).Select(key => key.Id).Distinct().Count());
    }

    [Fact]
    public async Task Requests_OnceThereAreKeys_NeedOneThatAllowsThem()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        var (reader, secret) = await ApiKeys.AddAsync(world.Store, "reader", ApiScopes.Read, 0, Cancellation);
        var (_, writing) = await ApiKeys.AddAsync(world.Store, "writer", ApiScopes.Write, 0, Cancellation);
        Uri? administration = null;
        using var served = await RunningHost.StartAsync(world, options => options with { AdminUrl = "http://127.0.0.1:0", AdminListening = address => administration = address });

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync("/v1/status", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync("/v1/status", secret[..^1] + "_"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync("/v1/status", "sk_00000000_x"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync("/v1/status", secret));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync("/v1/status", writing));
        foreach (var open in (string[])["/", "/healthz", "/readyz", "/openapi/v1.json", "/js/main.js"])
            Assert.Equal(HttpStatusCode.OK, await AskAsync(open, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(new Uri(administration!, "/metrics").ToString(), null));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(new Uri(administration!, "/metrics").ToString(), secret));

        await ApiKeys.RevokeAsync(world.Store, reader.Id, Cancellation);
        for (var tries = 0; tries < 200 && await AskAsync("/v1/status", secret) == HttpStatusCode.OK; tries++)
            await Task.Delay(50, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync("/v1/status", secret));

        async Task<HttpStatusCode> AskAsync(string path, string? key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (key is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var response = await served.Client.SendAsync(request, Cancellation);
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                await ProblemAssert.IsProblemAsync(response, response.StatusCode);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Requests_BeyondAKeysRate_Are429()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        var (_, secret) = await ApiKeys.AddAsync(world.Store, "slow", ApiScopes.Read, 0.01, Cancellation);
        var (_, other) = await ApiKeys.AddAsync(world.Store, "other", ApiScopes.Read, 0, Cancellation);
        using var served = await RunningHost.StartAsync(world);
        served.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using (var first = await served.Client.GetAsync("/v1/status", Cancellation))
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using (var second = await served.Client.GetAsync("/v1/status", Cancellation))
        {
            await ProblemAssert.IsProblemAsync(second, HttpStatusCode.TooManyRequests);
            Assert.InRange(second.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 100);
        }

        served.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", other);
        using var third = await served.Client.GetAsync("/v1/status", Cancellation);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task Session_OfAKey_IsACookieThatScriptsCannotReadAndOtherSitesCannotUse()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        var (_, secret) = await ApiKeys.AddAsync(world.Store, "page", ApiScopes.Read, 0, Cancellation);
        using var served = await RunningHost.StartAsync(world);
        using (var wrong = await served.Client.PostAsJsonAsync("/v1/session", new { key = "sk_1_2" }, Cancellation))
            await ProblemAssert.IsProblemAsync(wrong, HttpStatusCode.Unauthorized);
        using var begun = await served.Client.PostAsJsonAsync("/v1/session", new { key = secret }, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, begun.StatusCode);
        var cookie = Assert.Single(begun.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        foreach (var (site, status) in new[] { ("same-origin", HttpStatusCode.OK), ("cross-site", HttpStatusCode.Unauthorized) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/status");
            request.Headers.Add("Cookie", cookie.Split(';')[0]);
            request.Headers.Add("Sec-Fetch-Site", site);
            using var response = await served.Client.SendAsync(request, Cancellation);
            Assert.Equal(status, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    public async Task Serving_EverybodyWithoutKeys_IsRefused(string url)
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        var e = await Assert.ThrowsAsync<ApiStartException>(() => ApiHost.RunAsync(new ApiOptions { Store = world.Store, Url = url }, Cancellation));
        Assert.True(e.Message.Contains("stickers keys add", StringComparison.Ordinal) || e.Message.Contains("must look like", StringComparison.Ordinal), e.Message);
    }

    [Fact]
    public async Task Requests_InAForeignName_WithoutKeysAreRefused()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        using var served = await RunningHost.StartAsync(world);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/status");
        request.Headers.Host = "evil.example";
        using var response = await served.Client.SendAsync(request, Cancellation);
        await ProblemAssert.IsProblemAsync(response, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Answers_ToAnotherOrigin_AllowNothing()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        using var served = await RunningHost.StartAsync(world);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/status");
        request.Headers.Add("Origin", "http://elsewhere.example");
        using var response = await served.Client.SendAsync(request, Cancellation);
        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }
}
