using System.Diagnostics;
using Stickers.Storage.Hdfs;
using Stickers.Storage.Tests.Hdfs.StandIn;

namespace Stickers.Storage.Tests.Hdfs;

/// <summary>What goes wrong between a store and a cluster.</summary>
public sealed class HdfsFaultTests : IAsyncLifetime
{
    private const int Large = 20 << 20;

    private static readonly RetryOptions Quick = new() { Patience = TimeSpan.FromSeconds(20), FirstDelay = TimeSpan.FromMilliseconds(2), MaxDelay = TimeSpan.FromMilliseconds(50) };
    private static readonly JavaFault Standby = new(403, "org.apache.hadoop.ipc.StandbyException", "Operation category WRITE is not supported in state standby");

    private readonly string _cache = Directory.CreateTempSubdirectory("stickers-hdfs-").FullName;
    private WebHdfsCluster _cluster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cluster = await new WebHdfsCluster().StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_cache, recursive: true);
    }

    [Fact]
    public async Task NameNodeOnStandby_EveryCall_GoesToTheOther()
    {
        _cluster.Active = 1;
        var store = Open();
        await UseAsync(store);

        _cluster.Active = 0;
        await UseAsync(store);
    }

    [Fact]
    public async Task NameNodeKilled_OtherTakesOver_CallsGoOn()
    {
        var store = Open();
        await UseAsync(store);
        await _cluster.KillAsync(0);
        _cluster.Active = 1;

        await UseAsync(store);
    }

    [Fact]
    public async Task BothOnStandby_ForAWhile_IsWaitedFor()
    {
        var until = Environment.TickCount64 + 1000;
        _cluster.TroubleOf = arrival => arrival.Node >= 0 && Environment.TickCount64 < until ? new Trouble { Fault = Standby } : Trouble.None;

        await UseAsync(Open());
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(429)]
    public async Task ServerErrors_NowAndThen_AreRetried(int status)
    {
        var random = new Random(status);
        _cluster.TroubleOf = _ => Flip(random) ? new Trouble { PlainStatus = status } : Trouble.None;

        await UseAsync(Open());
    }

    [Theory]
    [InlineData("org.apache.hadoop.ipc.RetriableException")]
    [InlineData("org.apache.hadoop.hdfs.server.namenode.SafeModeException")]
    public async Task PassingRemoteException_NowAndThen_IsRetried(string javaClass)
    {
        var random = new Random(3);
        _cluster.TroubleOf = _ => Flip(random) ? new Trouble { Fault = new JavaFault(403, javaClass, "Name node is in safe mode.") } : Trouble.None;

        await UseAsync(Open());
    }

    [Fact]
    public async Task DataNodeCutsBodies_ReadingAndWriting_EndWithTheSameBytes()
    {
        var random = new Random(4);
        _cluster.TroubleOf = arrival => arrival.Node < 0 && Flip(random) ? new Trouble { CutAfter = 1 << 19 } : Trouble.None;

        await UseAsync(Open());
    }

    [Fact]
    public async Task ReadingCutAgainAndAgain_GoesOnWhereItWas()
    {
        var store = Open();
        var content = Bytes(Large, 1);
        await store.WriteAsync("large", content, Token);
        var opened = 0;
        _cluster.TroubleOf = arrival =>
        {
            if (arrival is not { Node: < 0, Operation: "OPEN" }) return Trouble.None;
            Interlocked.Increment(ref opened);
            return new Trouble { CutAfter = 1 << 20 };
        };

        await AssertHoldsAsync(store, "large", content);
        Assert.InRange(opened, 20, 60);
    }

    [Fact]
    public async Task AnswersLost_AfterTheWork_AreNoConflictWithOneself()
    {
        // The first answer to each of these is lost: the upload's, the renaming's, the claim's.
        var store = Open();
        foreach (var (operation, data) in ((string, bool)[])[("CREATE", true), ("RENAME", false)])
        {
            foreach (var condition in (string[])["none", "absent", "version"])
            {
                _cluster.TroubleOf = _ => Trouble.None;
                var key = $"{operation}-{condition}";
                if (condition != "absent") await store.WriteAsync(key, new byte[3], Token);
                var what = condition switch
                {
                    "none" => WriteCondition.None,
                    "absent" => WriteCondition.IfAbsent,
                    _ => WriteCondition.IfVersion((await store.StatAsync(key, Token))!.Version),
                };
                var lost = new HashSet<string>();
                _cluster.TroubleOf = arrival =>
                {
                    lock (lost) return arrival.Operation == operation && arrival.Node < 0 == data && lost.Add(arrival.Path.Contains("claim", StringComparison.Ordinal) ? "claim" : "object") ? new Trouble { LosesTheAnswer = true } : Trouble.None;
                };

                await store.WriteAsync(key, new byte[] { 1, 2 }, what, Token);

                Assert.NotEmpty(lost);
                await AssertHoldsAsync(store, key, [1, 2]);
            }
        }

        Assert.DoesNotContain(_cluster.Tree.Files(), path => path.Contains("/.tmp-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SlowCluster_Call_EndsWithinItsBounds()
    {
        _cluster.TroubleOf = _ => new Trouble { Delay = TimeSpan.FromMinutes(5) };
        var store = Open(Quick with { Patience = TimeSpan.Zero, AttemptTimeout = TimeSpan.FromMilliseconds(500) });
        var clock = Stopwatch.StartNew();

        var fault = await Assert.ThrowsAsync<StoreException>(() => store.StatAsync("a", Token));

        Assert.True(fault.IsTransient);
        Assert.Contains("no answer within 0.5 seconds", fault.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task ClusterGone_Call_GivesUpInTimeAndSaysSo()
    {
        var store = new HdfsStore("hdfs://127.0.0.1:9,127.0.0.1:8/data", new HdfsSettings { User = "me" }, new LocalCache(_cache, 1 << 20), Quick with { Patience = TimeSpan.FromSeconds(1) });

        var fault = await Assert.ThrowsAsync<StoreException>(() => store.WriteAsync("a", new byte[3], Token));

        Assert.Equal((store.Root, "a", true), (fault.Store, fault.Key, fault.IsTransient));
        Assert.Contains("Given up after", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, "org.apache.hadoop.security.AccessControlException", "HADOOP_USER_NAME")]
    [InlineData(403, "org.apache.hadoop.hdfs.protocol.DSQuotaExceededException", "quota")]
    [InlineData(403, "java.io.IOException", "Somehow")]
    public async Task LastingRemoteException_Call_IsNotRepeatedAndSaysWhatToDo(int status, string javaClass, string hint)
    {
        var count = 0;
        _cluster.TroubleOf = _ =>
        {
            count++;
            return new Trouble { Fault = new JavaFault(status, javaClass, "Somehow not") };
        };

        var fault = await Assert.ThrowsAsync<StoreException>(() => Open().StatAsync("a", Token));

        Assert.False(fault.IsTransient);
        Assert.Equal(1, count);
        Assert.Contains(hint, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("org.apache.hadoop.Somewhere", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyBelowAnObject_Written_IsAClearFault()
    {
        var store = Open();
        await store.WriteAsync("a", new byte[1], Token);

        var fault = await Assert.ThrowsAsync<StoreException>(() => store.WriteAsync("a/b", new byte[1], Token));

        Assert.False(fault.IsTransient);
        Assert.Null(await store.StatAsync("a/b", Token));
        Assert.Empty(await store.ListAsync("a/", Token).ToListAsync(Token));
    }

    [Fact]
    public async Task NoWebHdfsThere_Call_AsksForTheRightPort()
    {
        _cluster.TroubleOf = _ => new Trouble { PlainStatus = 404 };

        var fault = await Assert.ThrowsAsync<StoreException>(() => Open().StatAsync("a", Token));

        Assert.Contains("9870", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_IsSentInsteadOfAUserAndNeverTold()
    {
        const string token = "HAAEdG9rZW4-secret";
        await using var secured = await new WebHdfsCluster { Token = token }.StartAsync();
        var store = new HdfsStore($"hdfs://{secured.NameNodes[0]}/data", new HdfsSettings { User = "me", Token = token }, new LocalCache(_cache, 1 << 20), Quick with { Patience = TimeSpan.Zero });
        await store.WriteAsync("a", new byte[1], Token);
        Assert.DoesNotContain(secured.Requests, request => request.Contains("user.name", StringComparison.Ordinal));

        Trouble[] troubles = [new() { PlainStatus = 500 }, new() { PlainStatus = 401 }, new() { LosesTheAnswer = true }, new() { Fault = new JavaFault(403, "java.io.IOException", "no") }];
        foreach (var trouble in troubles)
        {
            secured.TroubleOf = _ => trouble;
            var fault = await Assert.ThrowsAnyAsync<Exception>(() => store.WriteAsync("a", new byte[1], Token));
            Assert.DoesNotContain(token, fault.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Claim_OfAKilledWriter_IsBrokenAfterItsTime()
    {
        var store = new HdfsStore(Root, new HdfsSettings { User = "stickers" }, new LocalCache(_cache, 1L << 30), Quick) { ClaimPatience = TimeSpan.FromSeconds(1) };
        await store.WriteAsync("a", new byte[1], Token);
        var version = (await store.StatAsync("a", Token))!.Version;
        _cluster.Tree.Create(HdfsClaim.PathOf(store, "a", version), "a writer that was killed"u8.ToArray(), overwrite: false);

        var clock = Stopwatch.StartNew();
        await store.WriteAsync("a", new byte[] { 7 }, WriteCondition.IfVersion(version), Token);

        Assert.InRange(clock.Elapsed.TotalSeconds, 1, 60);
        await AssertHoldsAsync(store, "a", [7]);
    }

    /// <summary>Writes, reads, lists, replaces under conditions and deletes, and checks each.</summary>
    private static async Task UseAsync(HdfsStore store)
    {
        var (small, large) = (Bytes(1000, 1), Bytes(3 << 20, 2));
        await store.WriteAsync("use/small", small, WriteCondition.IfAbsent, Token);
        await store.WriteAsync("use/large", large, Token);
        await AssertHoldsAsync(store, "use/large", large);
        await AssertHoldsAsync(store, "use/small", small);
        Assert.Equal(["use/large", "use/small"], await store.ListAsync("use/", Token).Select(found => found.Key).ToListAsync(Token));
        var standing = await store.StatAsync("use/small", Token);
        await store.WriteAsync("use/small", large, WriteCondition.IfVersion(standing!.Version), Token);
        await AssertHoldsAsync(store, "use/small", large);
        await Assert.ThrowsAsync<StoreConflictException>(() => store.WriteAsync("use/small", small, WriteCondition.IfVersion(standing.Version), Token));
        await store.DeleteAsync("use/small", Token);
        await store.DeleteAsync("use/large", Token);
        Assert.Empty(await store.ListAsync("use/", Token).ToListAsync(Token));
    }

    private string Root => $"hdfs://{string.Join(',', _cluster.NameNodes)}/user/stickers";

    private HdfsStore Open(RetryOptions? retries = null) => new(
        Root, new HdfsSettings { User = "stickers" }, new LocalCache(_cache, 1L << 30), retries ?? Quick);

    private static bool Flip(Random random)
    {
        lock (random) return random.Next(3) == 0;
    }

    private static async Task AssertHoldsAsync(ObjectStore store, string key, byte[] expected)
    {
        await using var stream = await store.OpenReadAsync(key, Token);
        using var found = new MemoryStream();
        await stream.CopyToAsync(found, Token);
        Assert.True(expected.AsSpan().SequenceEqual(found.ToArray()), $"'{key}' came back otherwise: {found.Length} bytes, expected {expected.Length}.");
    }

    private static byte[] Bytes(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
