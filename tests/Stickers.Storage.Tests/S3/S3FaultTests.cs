using System.Diagnostics;
using Stickers.Tests.Servers;

namespace Stickers.Storage.Tests.S3;

/// <summary>What goes wrong between a store and a real server.</summary>
[Collection(SharedGateway.Name)]
public sealed class S3FaultTests(RadosGateway server) : IAsyncLifetime
{
    private const int Large = 20 << 20;

    private static readonly RetryOptions Quick = new() { FirstDelay = TimeSpan.FromMilliseconds(2), MaxDelay = TimeSpan.FromMilliseconds(100) };

    private S3World _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await S3World.CreateAsync(server);

    public ValueTask DisposeAsync()
    {
        _world.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task ServerKilledForTenSeconds_PutsAndGetsInFlight_AllSucceed()
    {
        var store = _world.Open();
        await store.WriteAsync("large", Bytes(Large, 1), Token);
        using var end = new CancellationTokenSource();
        var done = 0;
        var workers = Enumerable.Range(0, 4).Select(worker => Task.Run(() => WorkAsync(worker, end.Token), Token)).ToList();

        await Task.Delay(TimeSpan.FromSeconds(1), Token);
        await server.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(10), Token);
        await server.StartAsync();
        var before = done;
        await Task.Delay(TimeSpan.FromSeconds(1), Token);
        await end.CancelAsync();
        // The bound that RetryOptions states, and the rest of a busy machine.
        await Task.WhenAll(workers).WaitAsync(TimeSpan.FromSeconds(60 + 120), Token);

        Assert.True(done > before, "Nothing went on after the server came back.");
        // An upload that the server had begun, and died before it said so, is unknown to its writer, which begins another: no more than one of each writer, and nothing in it.
        var left = await _world.UploadsAsync();
        Assert.InRange(left.Count, 0, workers.Count);
        foreach (var upload in left) Assert.Empty(await _world.PartsAsync(upload));

        async Task WorkAsync(int worker, CancellationToken stop)
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var (key, content) = ($"{worker}/{i}", Bytes(i % 4 == 0 ? Large : 5000, (worker * 1000) + i));
                await store.WriteAsync(key, content, worker % 2 == 0 && content.Length < Large ? WriteCondition.IfAbsent : WriteCondition.None, Token);
                await AssertHoldsAsync(store, key, content);
                await AssertHoldsAsync(store, "large", Bytes(Large, 1));
                Interlocked.Increment(ref done);
            }
        }
    }

    [Fact]
    public async Task ServerGone_EveryCall_GivesUpInTimeAndSaysSo()
    {
        var store = _world.Open(Quick with { Patience = TimeSpan.FromSeconds(1) }, new Uri("http://127.0.0.1:9"));
        Func<Task>[] calls =
        [
            () => store.OpenReadAsync("a", Token), () => store.StatAsync("a", Token), () => store.DeleteAsync("a", Token), () => store.FetchAsync("a", Token),
            () => store.WriteAsync("a", new byte[10], Token), () => store.WriteAsync("a", new byte[Large], Token), () => store.ListAsync("a", Token).ToListAsync(Token).AsTask(),
        ];
        foreach (var call in calls)
        {
            var clock = Stopwatch.StartNew();
            var fault = await Assert.ThrowsAsync<StoreException>(call);

            Assert.Equal((_world.Root, "a", true), (fault.Store, fault.Key, fault.IsTransient));
            Assert.Contains("Given up after", fault.Message, StringComparison.Ordinal);
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        }
    }

    [Fact]
    public async Task ServerThatNeverAnswers_Call_EndsAfterTheAttemptsTime()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var store = _world.Open(
            new RetryOptions { Patience = TimeSpan.Zero, AttemptTimeout = TimeSpan.FromSeconds(1) }, new Uri($"http://{silent.LocalEndpoint}"));

        var fault = await Assert.ThrowsAsync<StoreException>(() => store.StatAsync("a", Token));

        Assert.Contains("no answer within 1 seconds", fault.Message, StringComparison.Ordinal);
        Assert.True(fault.IsTransient);
        // Of two clocks the other would now and then run out first, and its fault is no StoreException.
        Assert.Equal(Timeout.InfiniteTimeSpan, store.Client.Config.Timeout);
    }

    [Fact]
    public async Task ConnectionCutInTheMiddleOfABody_Reading_GoesOnWhereItWas()
    {
        var content = Bytes(Large, 5);
        await _world.Open().WriteAsync("large", content, Token);
        await using var proxy = new CuttingProxy(server.Endpoint, _ => new CuttingProxy.Cut(ResponseBytes: 1 << 20));
        var store = _world.Open(Quick, proxy.Endpoint);

        await AssertHoldsAsync(store, "large", content);
        // Taken up where they were cut, 20 MiB need 20 connections and a little; windows begun anew would never end.
        Assert.InRange(proxy.Connections, 20, 60);
    }

    [Fact]
    public async Task ConnectionCutInTheMiddleOfAnUpload_Writing_SendsThePartAgain()
    {
        await using var proxy = new CuttingProxy(server.Endpoint, number => number % 2 == 1 ? new CuttingProxy.Cut(RequestBytes: 3 << 20) : CuttingProxy.Cut.Nowhere);
        var store = _world.Open(Quick, proxy.Endpoint);
        var content = Bytes(Large, 6);

        await store.WriteAsync("large", content, Token);

        Assert.True(proxy.Connections > 1);
        await AssertHoldsAsync(_world.Open(), "large", content);
        Assert.Empty(await _world.UploadsAsync());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(Large)]
    public async Task AnswerLost_AfterTheServerCommitted_IsNoConflictWithOneself(int size)
    {
        // The answer to what makes the object visible is lost, once: the first of a put, the last of a multipart upload.
        var condition = size < Large ? WriteCondition.IfAbsent : WriteCondition.None;
        var content = Bytes(size, 7);
        var lose = false;
        await using var proxy = new CuttingProxy(server.Endpoint, _ => Volatile.Read(ref lose) ? Lost() : CuttingProxy.Cut.Nowhere);
        var store = _world.Open(Quick, proxy.Endpoint);
        await using var writer = await store.CreateAsync("object", condition, Token);
        await writer.Stream.WriteAsync(content, Token);
        Volatile.Write(ref lose, true);
        await writer.CommitAsync(Token);

        await AssertHoldsAsync(_world.Open(), "object", content);
        await Assert.ThrowsAsync<StoreConflictException>(() => store.WriteAsync("object", content, WriteCondition.IfAbsent, Token));

        CuttingProxy.Cut Lost()
        {
            Volatile.Write(ref lose, false);
            return new CuttingProxy.Cut(ResponseBytes: 0);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ServerThatIgnoresConditions_ConditionalWrite_IsFoundOut(bool absent)
    {
        await using var server = await ServerThatTakesEverything.StartAsync();
        var store = _world.Open(Quick, server.Endpoint);

        var fault = await Assert.ThrowsAsync<StoreException>(() => store.WriteAsync("a", new byte[3], absent ? WriteCondition.IfAbsent : WriteCondition.IfVersion("before"), Token));

        Assert.False(fault.IsTransient);
        Assert.Contains("ignores the conditions", fault.Message, StringComparison.Ordinal);
        await store.WriteAsync("a", new byte[3], Token);
    }

    [Fact]
    public async Task WrongSecret_EveryCall_SaysWhatToCheckAndTellsNoSecret()
    {
        const string secret = "wrong-secret-0123456789";
        var store = _world.Open(secret: secret);

        var fault = await Assert.ThrowsAsync<StoreException>(() => store.WriteAsync("a", new byte[1], Token));

        Assert.False(fault.IsTransient);
        Assert.Contains("403", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Check the access key", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoSuchBucket_Read_SaysSo()
    {
        var store = new Stickers.Storage.S3.S3Store("s3://no-such-bucket", new() { Endpoint = server.Endpoint, Credentials = new Amazon.Runtime.BasicAWSCredentials(RadosGateway.AccessKey, RadosGateway.SecretKey) }, _world.Cache);

        var fault = await Assert.ThrowsAsync<StoreException>(() => store.ReadJsonAsync<CommittedFile>("a", Token));

        Assert.False(fault.IsTransient);
        Assert.Contains("Make the bucket 'no-such-bucket'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListAsync_ObjectsOfOthers_AreLeftOut()
    {
        using var client = _world.Client();
        foreach (var key in (string[])["some/prefix/folder/", "some/prefix/a//b", "some/other", "some/prefix/mine"])
            await client.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = _world.Bucket, Key = key, ContentBody = "", UseChunkEncoding = false }, Token);

        Assert.Equal(["mine"], await _world.Open().ListAsync("", Token).Select(found => found.Key).ToListAsync(Token));
    }

    private static async Task<byte[]> ReadAsync(ObjectStore store, string key)
    {
        await using var stream = await store.OpenReadAsync(key, Token);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Token);
        return content.ToArray();
    }

    private static async Task AssertHoldsAsync(ObjectStore store, string key, byte[] expected)
    {
        var found = await ReadAsync(store, key);
        Assert.True(expected.AsSpan().SequenceEqual(found), $"'{key}' came back otherwise: {found.Length} bytes, expected {expected.Length}.");
    }

    private static byte[] Bytes(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
