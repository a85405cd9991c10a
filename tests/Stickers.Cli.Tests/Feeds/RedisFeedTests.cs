using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;
using Stickers.Catalogue;
using Stickers.Cli.Feeds;
using Stickers.Storage;

namespace Stickers.Cli.Tests.Feeds;

/// <summary>Against a real server, Debian's, which the test starts and ends.</summary>
public sealed class RedisFeedTests : IAsyncLifetime
{
    private const string Model = "m", Catalogue = "c", Changes = "plans/c/p/changes.parquet";
    private const int Stickers = 1200;

    private readonly string _folder = Directory.CreateTempSubdirectory("stickers-redis-").FullName;
    private readonly int _port = FreePort();
    private Process? _server;
    private ConnectionMultiplexer _redis = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Address => $"127.0.0.1:{_port}";

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists("/usr/bin/redis-server"))
        {
            const string Reason = "This test needs a real Redis server: apt-get install --no-install-recommends redis-server";
            if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(Reason);
            Assert.Skip(Reason);
        }

        _server = Process.Start(new ProcessStartInfo("/usr/bin/redis-server", ["--port", $"{_port}", "--bind", "127.0.0.1", "--save", "", "--dir", _folder]) { RedirectStandardOutput = true })!;
        var until = DateTime.UtcNow.AddSeconds(30);
        while (true)
        {
            try
            {
                _redis = await ConnectionMultiplexer.ConnectAsync($"{Address},connectTimeout=1000");
                return;
            }
            catch (RedisConnectionException) when (DateTime.UtcNow < until)
            {
                await Task.Delay(50, Cancellation);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null) await _redis.DisposeAsync();
        if (_server is not null)
        {
            _server.Kill();
            await _server.WaitForExitAsync(CancellationToken.None);
            _server.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task WriteAsync_StoppedAndRepeated_ServerHoldsWhatStands()
    {
        var store = ObjectStore.Open(_folder);
        Suggestion[] standing = [.. Enumerable.Range(0, Stickers).Where(i => i % 3 != 0).SelectMany(i => new[] { Of(i, "cat", 0.9f, SuggestionDecision.Accept), Of(i, "dog", 0.4f, SuggestionDecision.Review) })];
        await WriteStandingAsync(store, standing);
        // All changed but the last hundred; every third has nothing left and was there before.
        var changed = Stickers - 100;
        await SuggestionChanges.WriteAsync(store, Changes, Enumerable.Range(0, changed).Select(i => i % 3 == 0
            ? new SuggestionChange(Id(i), "cat", ChangeKind.Removed, Of(i, "cat", 0.9f, SuggestionDecision.Accept), null)
            : new SuggestionChange(Id(i), "cat", ChangeKind.Added, null, Of(i, "cat", 0.9f, SuggestionDecision.Accept))).ToAsyncEnumerable(), Cancellation);
        var database = _redis.GetDatabase();
        for (var i = 0; i < Stickers; i += 3) await database.HashSetAsync(RedisFeed.KeyOf(Catalogue, Id(i)), [new("accepted", "old")]);

        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RedisFeed.WriteAsync(Address, store, Changes, Model, Catalogue, new StopAtOnce(stop), stop.Token));
        var told = await RedisFeed.WriteAsync(Address, store, Changes, Model, Catalogue, null, Cancellation);
        Assert.Equal(changed, told);
        Assert.Equal(changed, await RedisFeed.WriteAsync(Address, store, Changes, Model, Catalogue, null, Cancellation));

        for (var i = 0; i < Stickers; i++)
        {
            var hash = (await database.HashGetAllAsync(RedisFeed.KeyOf(Catalogue, Id(i)))).ToDictionary(entry => (string)entry.Name!, entry => (string)entry.Value!);
            if (i >= changed) Assert.Equal(i % 3 == 0 ? ["accepted"] : [], hash.Keys);
            else if (i % 3 == 0) Assert.Empty(hash);
            else
            {
                Assert.Equal("""[{"tag":"cat","score":0.9}]""", hash["accepted"]);
                Assert.Equal("""[{"tag":"dog","score":0.4}]""", hash["review"]);
                Assert.Equal(Model, hash["model"]);
            }
        }
    }

    [Fact]
    public async Task WriteAsync_NoServer_SaysWhatToDo()
    {
        var store = ObjectStore.Open(_folder);
        await SuggestionChanges.WriteAsync(store, Changes, AsyncEnumerable.Empty<SuggestionChange>(), Cancellation);
        var fault = await Assert.ThrowsAsync<IOException>(() => RedisFeed.WriteAsync($"127.0.0.1:{FreePort()}", store, Changes, Model, Catalogue, null, Cancellation));
        Assert.Contains("run the same command again", fault.Message, StringComparison.Ordinal);
    }

    private static StickerId Id(int number) => StickerId.FromKey($"{number}");

    private static Suggestion Of(int number, string tag, float score, SuggestionDecision decision) => new(Id(number), tag, score, decision);

    private static async Task WriteStandingAsync(ObjectStore store, Suggestion[] rows) => await store.WriteJsonAsync($"{SuggestionSet.FolderOf(Model, Catalogue)}/{SuggestionSet.ManifestName}", new SuggestionManifest
    {
        FormatVersion = 1,
        Model = Model,
        ModelHash = "",
        Catalogue = Catalogue,
        CatalogueHash = "",
        Read = Stickers,
        Tagged = Stickers * 2 / 3,
        WithoutSuggestion = Stickers / 3,
        Quarantined = 0,
        Rows = rows.Length,
        Files = [await SuggestionSet.WritePartAsync(store, Model, Catalogue, 0, rows, Cancellation)],
    }, Cancellation);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class StopAtOnce(CancellationTokenSource stop) : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => stop.Cancel();
    }
}
