using System.Net;

namespace Stickers.SimilaritySearch.Api.Tests;

public sealed class OverloadTests(ServedWorld served)
{
    [Fact]
    public async Task Similar_WhileTheQueueIsFull_IsRefusedAtOnceAndTheRestGoesOn()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var options = new ApiOptions { Store = served.World.Store, Workers = 1, MaxQueuedLookups = 0 };
        using var lookup = await ServedWorld.OpenAsync(served.World, cancellation, options);
        var (app, client) = await ServedWorld.ServeAsync(lookup, options);
        await using var _ = app;
        using var __ = client;
        var path = $"/v1/stickers/{DrawnSticker.All[0].Id}/similar";
        var places = 0;
        for (; !lookup.Search.IsFull; places++)
            Assert.True(await lookup.Search.EnterAsync(cancellation));
        var refusedBefore = lookup.Search.Refused;

        foreach (var search in new[] { path, "/v1/search?q=red" })
        {
            using var refused = await client.GetAsync(search, cancellation);
            await ProblemAssert.IsProblemAsync(refused, HttpStatusCode.ServiceUnavailable);
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
            Assert.Equal("nosniff", Assert.Single(refused.Headers.GetValues("X-Content-Type-Options")));
        }

        Assert.Equal(refusedBefore + 2, lookup.Search.Refused);
        foreach (var other in new[] { "/healthz", "/readyz", "/v1/status", $"/v1/stickers/{DrawnSticker.All[0].Id}", "/v1/suggest?text=red" })
        {
            using var answered = await client.GetAsync(other, cancellation);
            Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        }

        for (; places > 0; places--)
            lookup.Search.Leave(System.Diagnostics.Stopwatch.GetTimestamp());
        using var again = await client.GetAsync(path, cancellation);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }
}
