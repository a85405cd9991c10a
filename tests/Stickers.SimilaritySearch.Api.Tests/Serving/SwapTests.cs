using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Tests.Serving;

public sealed class SwapTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_WhileRequestsRun_IsServedWithoutAFailureOrAMixture()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        using var served = await RunningHost.StartAsync(world);
        var versions = new ConcurrentDictionary<(string, string), int>();
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var status = await served.Client.GetFromJsonAsync<JsonElement>("/v1/status", Cancellation);
                var indexes = status.GetProperty("indexes").EnumerateArray().Select(index => index.GetProperty("version").GetString()!).ToList();
                versions.AddOrUpdate((indexes[0], indexes[1]), 1, (_, n) => n + 1);
                var similar = await served.Client.GetFromJsonAsync<JsonElement>($"/v1/stickers/{DrawnSticker.All[0].Id}/similar", Cancellation);
                Assert.NotEmpty(similar.GetProperty("items").EnumerateArray());
            }
        }, Cancellation)).ToList();

        for (var swap = 1; swap <= 5; swap++)
        {
            var visual = await world.PublishAsync(EmbeddingSpace.Visual, world.ModelHash, Cancellation, salt: $"{swap}");
            await served.WaitForAsync(status => Version(status, 0) == visual.Version);
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.True(versions.Count >= 5, $"{versions.Count} pairs of versions were seen");
        Assert.Single(versions.Keys.Select(pair => pair.Item2).Distinct());
    }

    [Fact]
    public async Task Publish_ByAnotherModel_KeepsTheOldPairUntilBothSpacesHaveIt()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        using var served = await RunningHost.StartAsync(world);
        var before = await served.StatusAsync();
        var other = await world.AddModelAsync("second", seed: 8, Cancellation);
        await world.PublishAsync(EmbeddingSpace.Visual, other, Cancellation, model: "second");
        await served.WaitForNoticeAsync("different models");
        Assert.Equal(Version(before, 0), Version(await served.StatusAsync(), 0));
        using (var ready = await served.Client.GetAsync("/readyz", Cancellation))
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);

        await world.PublishAsync(EmbeddingSpace.Semantic, other, Cancellation, model: "second");
        var after = await served.WaitForAsync(status => status.GetProperty("model").GetProperty("version").GetString() == "second");
        Assert.NotEqual(Version(before, 0), Version(after, 0));
        Assert.NotEqual(Version(before, 1), Version(after, 1));
    }

    [Fact]
    public async Task Publish_OfADamagedIndex_KeepsTheOldOneAndSaysWhy()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        using var served = await RunningHost.StartAsync(world);
        var before = await served.StatusAsync();
        await world.PublishAsync(EmbeddingSpace.Visual, world.ModelHash, Cancellation, salt: "damaged", damaged: true);
        Assert.Contains("SHA-256", await served.WaitForNoticeAsync("cannot be served"), StringComparison.Ordinal);
        Assert.Equal(Version(before, 0), Version(await served.StatusAsync(), 0));
    }

    [Fact]
    public async Task Swap_WithALeaseOnTheOldPair_FreesItWhenTheLeaseEnds()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        var loader = new PairLoader(world.Store);
        using var holder = new PairHolder();
        holder.Swap(await loader.LoadAsync(null, Cancellation));
        var old = holder.Lease()!;
        await world.PublishAsync(EmbeddingSpace.Visual, world.ModelHash, Cancellation, salt: "next");
        holder.Swap(await loader.LoadAsync(old, Cancellation));

        var id = DrawnSticker.All[0].Id;
        Assert.NotNull(old.Visual.Snapshot.Vector(id));
        old.Release();
        Assert.Throws<ObjectDisposedException>(() => old.Visual.Snapshot.Vector(id));
        Assert.False(old.TryLease());
        // What both pairs have in common lives on.
        var now = holder.Lease()!;
        Assert.Same(old.Semantic, now.Semantic);
        Assert.NotNull(now.Semantic.Snapshot.Vector(id));
        now.Release();
        Assert.Null(await loader.LoadAsync(now, Cancellation));
    }

    [Fact]
    public async Task Ready_BeforeAPairIsLoadedAndWhileDraining_Is503()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        var options = new ApiOptions { Store = world.Store };
        using var lookup = new LookupService(options);
        var (app, client) = await ServedWorld.ServeAsync(lookup, options);
        await using var _ = app;
        using var __ = client;
        foreach (var path in (string[])["/readyz", "/v1/status", "/v1/stickers/1/similar"])
        {
            using var early = await client.GetAsync(path, Cancellation);
            await ProblemAssert.IsProblemAsync(early, HttpStatusCode.ServiceUnavailable);
            Assert.Equal(TimeSpan.FromSeconds(1), early.Headers.RetryAfter!.Delta);
        }

        using (var alive = await client.GetAsync("/healthz", Cancellation))
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        using var watch = new PairWatch(new PairLoader(world.Store), lookup.Pairs, options);
        await watch.LoadFirstAsync(Cancellation);
        using (var ready = await client.GetAsync("/readyz", Cancellation))
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        lookup.Draining = true;
        using (var draining = await client.GetAsync("/readyz", Cancellation))
            await ProblemAssert.IsProblemAsync(draining, HttpStatusCode.ServiceUnavailable);
        using (var still = await client.GetAsync("/v1/status", Cancellation))
            Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    private static string Version(JsonElement status, int index) => status.GetProperty("indexes")[index].GetProperty("version").GetString()!;
}
