using System.Collections.Concurrent;
using Stickers.Pipeline.Observing;
using Stickers.Pipeline.Processes;
using Stickers.Pipeline.Tests.Jobs;

namespace Stickers.Pipeline.Tests.Processes;

/// <summary>Several ranks in one process, with edges in memory.</summary>
public sealed class ProcessRunTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(1, 0, 1)]
    [InlineData(0, 1, 1)]
    [InlineData(2, 0, 0)]
    [InlineData(2, 1, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(4, 2, 1)]
    [InlineData(1, 3, 3)]
    [InlineData(0, 4, 3)]
    public async Task RunAsync_InAnyLayout_WritesTheBytesOfOneProcess(int preprocess, int main, int postprocess)
    {
        static bool Bad(long number) => number % 13 == 5;
        var reports = await RunAsync(MemoryWorld.Create(preprocess + main + postprocess), () => new NumberJob { Shards = 20, Bad = Bad }, Options(preprocess, main, postprocess));

        Assert.All(reports.Skip(1), Assert.Null);
        Assert.Equal((20, 2000, 1846, 154), (reports[0]!.ShardsDone, reports[0]!.Result.Read, reports[0]!.Result.Written, reports[0]!.Result.Quarantined));
        Assert.Equal([2000, 1846, 1846, 1846, 1846], reports[0]!.Stages.Select(stage => stage.Items));
        using var other = new TemporaryStore();
        await JobRunner.RunAsync(new NumberJob { Shards = 20, Bad = Bad }, other.Store, new RunOptions { Folder = "out" }, cancellation: Token);
        Assert.Equal(other.Read("out/"), _temporary.Read("out/"));
    }

    [Fact]
    public async Task RunAsync_WithASlowWorker_GivesItFewerShards()
    {
        var done = new ConcurrentDictionary<int, int>();
        await RunAsync(MemoryWorld.Create(4), () => new NumberJob
        {
            Shards = 40,
            PerShard = 4,
            On = async (stage, number, context) =>
            {
                if (stage != StageKind.Main) return;
                if (number % 4 == 0) done.AddOrUpdate(context.Rank, 1, (_, count) => count + 1);
                await Task.Delay(context.Rank == 0 ? 60 : 3, Token);
            },
        }, Options(1, 2, 1));

        Assert.Equal(40, done.Values.Sum());
        Assert.True(done[0] * 2 < done[1], $"The slow worker did {done[0]} shards, the fast one {done[1]}.");
    }

    [Theory]
    [InlineData(StageKind.Preprocess)]
    [InlineData(StageKind.Main)]
    [InlineData(StageKind.Postprocess)]
    public async Task RunAsync_WhenAStageThrowsOnOneRank_AllRanksEnd(StageKind stage)
    {
        var worlds = MemoryWorld.Create(4);
        var runs = worlds.Select(world => Task.Run(() => new ProcessRun(
            new NumberJob { On = (at, number, _) => at == stage && number == 342 ? throw new ArithmeticException("three four two") : Task.CompletedTask },
            _temporary.Store,
            Options(2, 1, 1),
            world).RunAsync(null, Token))).ToArray();
        await Task.WhenAll(runs.Select(run => run.ContinueWith(_ => { }, TaskScheduler.Default))).WaitAsync(TimeSpan.FromMinutes(2), Token);

        var faults = runs.Select(run => run.Exception?.InnerException).ToArray();
        Assert.All(faults, Assert.NotNull);
        Assert.Contains(faults, fault => fault is JobFailedException failure && failure.Stage == stage && failure.Shard == 3);
        Assert.Null(await _temporary.Store.StatAsync("out/output.json", Token));
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("doubled")]
    public async Task RunAsync_WhenAFrameIsLostOrDoubled_Fails(string what)
    {
        var frames = 0;
        var worlds = MemoryWorld.Create(3, (edge, frame) => edge != "main to postprocess" || Interlocked.Increment(ref frames) != 8 ? [frame] : what == "lost" ? [] : [frame, frame]);
        var runs = worlds.Select(world => Task.Run(() => new ProcessRun(new NumberJob(), _temporary.Store, Options(1, 1, 1), world).RunAsync(null, Token))).ToArray();
        await Task.WhenAll(runs.Select(run => run.ContinueWith(_ => { }, TaskScheduler.Default))).WaitAsync(TimeSpan.FromMinutes(2), Token);

        Assert.Contains("a frame was lost or doubled", Assert.IsType<InvalidDataException>(runs[2].Exception?.InnerException).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_WithAnotherNumberOfRanks_IsRefused()
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(MemoryWorld.Create(2), () => new NumberJob(), Options(1, 1, 1)));
        Assert.Contains("1 workers for preprocess + 1 for main + 1 for postprocess = 3, but there are 2 processes", failure.Message, StringComparison.Ordinal);
    }

    private static RunOptions Options(int preprocess, int main, int postprocess) => new() { Folder = "out", Preprocess = preprocess, Main = main, Postprocess = postprocess };

    private async Task<JobReport?[]> RunAsync(IReadOnlyList<World> worlds, Func<NumberJob> job, RunOptions options, IProgress<JobStatus>? progress = null) =>
        await Task.WhenAll(worlds.Select(world => Task.Run(() => new ProcessRun(job(), _temporary.Store, options, world).RunAsync(world.Rank == 0 ? progress : null, Token), Token))).WaitAsync(TimeSpan.FromMinutes(2), Token);
}
