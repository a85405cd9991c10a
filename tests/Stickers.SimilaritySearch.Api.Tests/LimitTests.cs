using System.Net;

namespace Stickers.SimilaritySearch.Api.Tests;

public sealed class LimitTests(ServedWorld served)
{
    [Fact]
    public async Task Upload_WhenAllPlacesAreTaken_Is503AndSaysWhenToRetry()
    {
        var options = new ApiOptions { Store = served.World.Store, MaxConcurrentUploads = 1, MaxQueuedUploads = 0 };
        var (app, client) = await served.ServeAsync(options);
        await using var _ = app;
        using var __ = client;
        using var held = await HeldUpload.StartAsync(client.BaseAddress!, "/v1/tags", DrawnSticker.All[0].Png);

        using var second = await client.PostAsync("/v1/tags", NeighbourTests.Raw(DrawnSticker.All[0].Png), TestContext.Current.CancellationToken);
        await ProblemAssert.IsProblemAsync(second, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter!.Delta);

        // Lookups without an upload go on, and the place becomes free again.
        using var lookup = await client.GetAsync("/v1/status", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, lookup.StatusCode);
        Assert.StartsWith("HTTP/1.1 200 ", await held.FinishAsync(), StringComparison.Ordinal);
        using var third = await client.PostAsync("/v1/tags", NeighbourTests.Raw(DrawnSticker.All[0].Png), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task Upload_ThatNeverEnds_Is503AfterTheTimeout()
    {
        var (app, client) = await served.ServeAsync(new ApiOptions { Store = served.World.Store, RequestTimeout = TimeSpan.FromMilliseconds(300) });
        await using var _ = app;
        using var __ = client;
        using var held = await HeldUpload.StartAsync(client.BaseAddress!, "/v1/similar", DrawnSticker.All[0].Png);
        var answer = await held.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 1", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("X-Content-Type-Options: nosniff", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WhenTheServerFails_Is500AndOnlyTheOperatorLearnsWhy()
    {
        var failures = new List<Exception>();
        var lookup = await ServedWorld.OpenAsync(served.World, TestContext.Current.CancellationToken);
        var (app, client) = await ServedWorld.ServeAsync(lookup, new ApiOptions { Store = served.World.Store, RequestFailed = failures.Add });
        await using var _ = app;
        using var __ = client;
        lookup.Dispose();
        using var response = await client.GetAsync("/v1/stickers", TestContext.Current.CancellationToken);
        await ProblemAssert.IsProblemAsync(response, HttpStatusCode.InternalServerError);
        Assert.IsType<ObjectDisposedException>(Assert.Single(failures));
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
    }
}
