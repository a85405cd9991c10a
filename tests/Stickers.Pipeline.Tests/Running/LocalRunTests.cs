using Stickers.Pipeline.Tests.Jobs;

namespace Stickers.Pipeline.Tests.Running;

public sealed class LocalRunTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(4, 2, 1)]
    [InlineData(1, 3, 2)]
    [InlineData(0, 2, 0)]
    [InlineData(2, 0, 0)]
    [InlineData(0, 0, 3)]
    [InlineData(2, 0, 1)]
    [InlineData(2, 2, 0)]
    [InlineData(0, 1, 2)]
    public async Task RunAsync_WithAnyNumberOfWorkers_WritesTheSameBytes(int preprocess, int main, int postprocess)
    {
        var job = new NumberJob { Bad = number => number % 13 == 5 };
        var report = await JobRunner.RunAsync(job, _temporary.Store, new RunOptions { Folder = "out", Preprocess = preprocess, Main = main, Postprocess = postprocess, QueueBytes = 1 << 16 }, cancellation: Token);

        Assert.Equal((700, 646, 54), (report.Result.Read, report.Result.Written, report.Result.Quarantined));
        for (var shard = 0; shard < 7; shard++)
        {
            var expected = Enumerable.Range(shard * 100, 100).Where(number => number % 13 != 5).Select(number => $"{number * 3 + 1} from numbers-{shard}");
            Assert.Equal(expected, await File.ReadAllLinesAsync(_temporary.Store.PathOf($"out/part-{shard:D5}.txt"), Token));
        }

        using var other = new TemporaryStore();
        await JobRunner.RunAsync(new NumberJob { Bad = number => number % 13 == 5 }, other.Store, new RunOptions { Folder = "out" }, cancellation: Token);
        Assert.Equal(other.Read("out/"), _temporary.Read("out/"));
    }

    [Theory]
    [InlineData(StageKind.Source)]
    [InlineData(StageKind.Preprocess)]
    [InlineData(StageKind.Main)]
    [InlineData(StageKind.Postprocess)]
    [InlineData(StageKind.Sink)]
    public async Task RunAsync_WhenAStageThrows_NamesStageShardAndItem(StageKind stage)
    {
        var job = new NumberJob { On = (at, number, _) => at == stage && number == 342 ? throw new ArithmeticException("three four two") : Task.CompletedTask };
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => JobRunner.RunAsync(job, _temporary.Store, new RunOptions { Folder = "out", Preprocess = 2, Main = 2 }, cancellation: Token));

        Assert.Equal((stage, 3), (failure.Stage, failure.Shard));
        Assert.Equal($"Stage {stage.ToString().ToLowerInvariant()}, shard 3 ('numbers-3'), at item {(stage == StageKind.Source ? 42 : 43)}: ArithmeticException: three four two", failure.Message);
        Assert.IsType<ArithmeticException>(failure.InnerException);
        Assert.Null(await _temporary.Store.StatAsync("out/output.json", Token));
        Assert.Null(await _temporary.Store.StatAsync("out/part-00003.txt", Token));
    }

    [Fact]
    public async Task RunAsync_WhenMainLosesItems_FailsWithATableAndCommitsNothingOfTheShard()
    {
        var job = new NumberJob { Lose = number => number is 250 or 251 };
        var failure = await Assert.ThrowsAsync<CountMismatchException>(() => JobRunner.RunAsync(job, _temporary.Store, new RunOptions { Folder = "out" }, cancellation: Token));

        Assert.StartsWith("Shard 2 ('numbers-2'): main took 100 items, but gave 98 and put 0 in quarantine.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("main                 100          98           0", failure.Message, StringComparison.Ordinal);
        Assert.Null(await _temporary.Store.StatAsync("out/part-00002.txt", Token));
        Assert.Null(await _temporary.Store.StatAsync("out/.ledger/shard-00002.json", Token));
    }

    [Fact]
    public async Task RunAsync_WhenTheSourceHasFewerItemsThanSaid_Fails()
    {
        var failure = await Assert.ThrowsAsync<CountMismatchException>(() => JobRunner.RunAsync(new NumberJob { SaidCount = 101 }, _temporary.Store, new RunOptions { Folder = "out" }, cancellation: Token));
        Assert.Contains("the shard was said to have 101 items, but 100 were read", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Cancelled_StopsSoonAndGoesOnLater()
    {
        using var stop = new CancellationTokenSource();
        var job = new NumberJob
        {
            On = async (stage, number, context) =>
            {
                if (stage == StageKind.Main && number == 450)
                {
                    while (await _temporary.Store.StatAsync("out/.ledger/shard-00000.json", Token) is null) await Task.Delay(5, Token);
                    await stop.CancelAsync();
                    await Task.Delay(Timeout.Infinite, context.Cancellation);
                }
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => JobRunner.RunAsync(job, _temporary.Store, new RunOptions { Folder = "out" }, cancellation: stop.Token).WaitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.Null(await _temporary.Store.StatAsync("out/output.json", Token));
        Assert.Empty(_temporary.Read("out/.tmp"));

        var report = await JobRunner.RunAsync(new NumberJob(), _temporary.Store, new RunOptions { Folder = "out" }, cancellation: Token);
        Assert.InRange(report.ShardsDone, 1, 6);
        using var other = new TemporaryStore();
        await JobRunner.RunAsync(new NumberJob(), other.Store, new RunOptions { Folder = "out" }, cancellation: Token);
        Assert.Equal(other.Read("out/"), _temporary.Read("out/"));
    }

    [Fact]
    public async Task RunAsync_OfAFinishedJob_DoesNothing()
    {
        await JobRunner.RunAsync(new NumberJob(), _temporary.Store, new RunOptions { Folder = "out" }, cancellation: Token);
        var report = await JobRunner.RunAsync(new NumberJob { On = (_, _, _) => throw new InvalidOperationException("Nothing is to be done.") }, _temporary.Store, new RunOptions { Folder = "out" }, cancellation: Token);
        Assert.Equal((0, 700), (report.ShardsDone, report.Result.Written));
        Assert.Equal(350, report.Result.Tallies["even"]);
    }

    [Fact]
    public async Task RunAsync_OfOtherInputs_IsRefusedUntilReplaced()
    {
        await JobRunner.RunAsync(new NumberJob(), _temporary.Store, new RunOptions { Folder = "out" }, cancellation: Token);
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => JobRunner.RunAsync(new NumberJob { Version = "2", Shards = 3 }, _temporary.Store, new RunOptions { Folder = "out" }, cancellation: Token));
        Assert.Contains("version was '1', now '2'", failure.Message, StringComparison.Ordinal);

        var report = await JobRunner.RunAsync(new NumberJob { Version = "2", Shards = 3 }, _temporary.Store, new RunOptions { Folder = "out", Replace = true }, cancellation: Token);
        Assert.Equal((3, 300), (report.ShardsDone, report.Result.Read));
        Assert.Null(await _temporary.Store.StatAsync("out/part-00003.txt", Token));
    }

    [Fact]
    public async Task RunAsync_RetryFailed_DoesThoseShardsAgainAndEqualsACleanRun()
    {
        bool Bad(long number) => number is 5 or 208 or 333;
        await JobRunner.RunAsync(new NumberJob { Bad = Bad }, _temporary.Store, new RunOptions { Folder = "out" }, cancellation: Token);

        var even = await JobRunner.RunAsync(new NumberJob { Bad = number => number == 333 }, _temporary.Store, new RunOptions { Folder = "out", RetryFailed = true, RetryClass = "Even" }, cancellation: Token);
        Assert.Equal((1, 2), (even.ShardsDone, even.Result.Quarantined));
        var odd = await JobRunner.RunAsync(new NumberJob { Bad = number => number == 333 }, _temporary.Store, new RunOptions { Folder = "out", RetryFailed = true }, cancellation: Token);
        Assert.Equal((2, 1), (odd.ShardsDone, odd.Result.Quarantined));

        using var other = new TemporaryStore();
        await JobRunner.RunAsync(new NumberJob { Bad = number => number == 333 }, other.Store, new RunOptions { Folder = "out" }, cancellation: Token);
        Assert.Equal(other.Read("out/"), _temporary.Read("out/"));
        Assert.Equal("""{"shard":"numbers-3","key":"number 333","stage":"preprocess","errorClass":"Odd","reason":"It was said to be bad."}""" + "\n", await File.ReadAllTextAsync(_temporary.Store.PathOf("out/quarantine.jsonl"), Token));
    }
}
