using System.Net;
using System.Net.Sockets;
using Stickers.Storage;

namespace Stickers.SimilaritySearch.Api.Tests;

public sealed class ApiHostTests(ServedWorld served)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_UntilCancelled_ServesOnTheAddressItTells()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var listening = new TaskCompletionSource<Uri>();
        var run = ApiHost.RunAsync(new ApiOptions { Store = served.World.Store, Url = "http://127.0.0.1:0", Listening = listening.SetResult }, stop.Token);
        if (await Task.WhenAny(listening.Task, run) == run)
            await run;
        var address = await listening.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.Equal("127.0.0.1", address.Host);
        Assert.NotEqual(0, address.Port);
        using var client = new HttpClient { BaseAddress = address };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz", Cancellation)).StatusCode);

        await stop.CancelAsync();
        await run.WaitAsync(TimeSpan.FromSeconds(15), Cancellation);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/healthz", Cancellation));
    }

    [Fact]
    public void Url_ByDefault_IsOnlyForThisMachine() => Assert.Equal("http://127.0.0.1:8080", new ApiOptions { Store = served.World.Store }.Url);

    [Fact]
    public async Task Run_BeforeAnythingIsPublished_SaysWhichCommandToRun()
    {
        using var world = new EmptyStore();
        var e = await Assert.ThrowsAsync<ApiStartException>(() => ApiHost.RunAsync(new ApiOptions { Store = world.Store }, Cancellation));
        Assert.Contains("stickers index build", e.Message, StringComparison.Ordinal);
        Assert.Contains(world.Store.Root, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithIndexesOfAnotherModel_RefusesAndTellsBothHashes()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        var other = new string('b', 64);
        await world.PublishAsync(EmbeddingSpace.Visual, other, Cancellation);
        await world.PublishAsync(EmbeddingSpace.Semantic, other, Cancellation);
        await AssertTellsBothAsync(world.Store, world.ModelHash, other);
    }

    [Fact]
    public async Task Run_WithIndexesOfTwoModels_RefusesAndTellsBothHashes()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        var other = new string('b', 64);
        await world.PublishAsync(EmbeddingSpace.Semantic, other, Cancellation);
        await AssertTellsBothAsync(world.Store, world.ModelHash, other);
    }

    [Fact]
    public async Task Run_WithoutTheModelThatTheIndexNames_SaysSo()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        Directory.Delete(world.Store.PathOf($"models/{TestWorld.ModelVersion}"), recursive: true);
        var e = await Assert.ThrowsAsync<ApiStartException>(() => ApiHost.RunAsync(new ApiOptions { Store = world.Store }, Cancellation));
        Assert.Contains($"models/{TestWorld.ModelVersion}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithADamagedIndex_RefusesAndSaysWhichFile()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        var file = Directory.GetFiles(world.Store.Root, SnapshotManifest.IndexFile, SearchOption.AllDirectories).First(path => path.Contains("semantic", StringComparison.Ordinal));
        await using (var stream = File.OpenWrite(file))
        {
            stream.Position = stream.Length / 2;
            stream.Write([1, 2, 3, 4]);
        }

        var e = await Assert.ThrowsAsync<ApiStartException>(() => ApiHost.RunAsync(new ApiOptions { Store = world.Store }, Cancellation));
        Assert.Contains(SnapshotManifest.IndexFile, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OnATakenPort_SaysSo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        var e = await Assert.ThrowsAsync<ApiStartException>(() => ApiHost.RunAsync(new ApiOptions { Store = served.World.Store, Url = url }, Cancellation));
        Assert.Contains(url, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithWrongOptions_ListsEveryFault()
    {
        var options = new ApiOptions
        {
            Store = served.World.Store, Url = "somewhere", MaxConcurrentUploads = 0, MaxQueuedUploads = -1, RequestTimeout = TimeSpan.Zero,
        };
        var e = await Assert.ThrowsAsync<ApiStartException>(() => ApiHost.RunAsync(options, Cancellation));
        Assert.All((string[])["somewhere", nameof(ApiOptions.MaxConcurrentUploads), nameof(ApiOptions.MaxQueuedUploads), nameof(ApiOptions.RequestTimeout)],
            part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
    }

    private static async Task AssertTellsBothAsync(LocalStore store, string one, string other)
    {
        var e = await Assert.ThrowsAsync<ApiStartException>(() => ApiHost.RunAsync(new ApiOptions { Store = store }, Cancellation));
        Assert.Contains(one, e.Message, StringComparison.Ordinal);
        Assert.Contains(other, e.Message, StringComparison.Ordinal);
    }

    private sealed class EmptyStore : IDisposable
    {
        public LocalStore Store { get; } = new(Directory.CreateTempSubdirectory("stickers-api-").FullName);

        public void Dispose() => Directory.Delete(Store.Root, recursive: true);
    }
}
