using Stickers.Pipeline.Observing;
using Stickers.Pipeline.Running;
using Stickers.Pipeline.Tests.Jobs;

namespace Stickers.Pipeline.Tests.Observing;

public sealed class StageMonitorTests
{
    [Fact]
    public void Look_AtThreeSegments_SumsUpEachStage()
    {
        var monitor = new StageMonitor(10, 4, 600, StageKind.Sink, TimeSpan.FromSeconds(30));
        monitor.Look(TimeSpan.FromSeconds(1), Samples(100));
        var status = monitor.Look(TimeSpan.FromSeconds(2), Samples(150));

        Assert.Equal((10, 6), (status.Shards, status.ShardsDone));
        Assert.Null(status.Warning);
        var main = status.Stages[(int)StageKind.Main];
        Assert.Equal((2, 300L, 600L, 100.0), (main.Workers, main.Items, main.Total, main.PerSecond));
        Assert.Equal((4.0, 2.0, 1.0), (main.Busy.TotalSeconds, main.WaitIn.TotalSeconds, main.WaitOut.TotalSeconds));
        Assert.Equal((2L << 10, 8L << 10), (main.QueueBytes, main.QueueCapacity));
        Assert.Equal(2.0, main.Remaining!.Value.TotalSeconds, 6);
        Assert.Null(status.Stages[(int)StageKind.Preprocess].QueueBytes);
        Assert.Equal(0.5, status.Stages[(int)StageKind.Source].Busy.TotalSeconds);
        Assert.Equal(1.0, status.Stages[(int)StageKind.Preprocess].Busy.TotalSeconds);
    }

    [Fact]
    public void Look_AtAWorkerThatStandsStill_NamesItOnceAndNotThoseThatWait()
    {
        var monitor = new StageMonitor(10, 0, null, StageKind.Sink, TimeSpan.FromSeconds(30));
        var stuck = Samples(100);
        stuck[1] = stuck[1] with { Place = WorkerPlace.Main, Still = 31, QueueBytes = 4 << 10 };
        stuck[0] = stuck[0] with { Place = WorkerPlace.WaitOut, Still = 31 };
        stuck[3] = stuck[3] with { Place = WorkerPlace.WaitIn, Still = 31 };

        Assert.Equal("main stands still: worker 0 of 2 has let no item go for 31 s, its input queue is 62 % full; preprocess and postprocess wait.", monitor.Look(TimeSpan.FromSeconds(40), stuck).Warning);
        Assert.Null(monitor.Look(TimeSpan.FromSeconds(41), stuck).Warning);
        Assert.Null(monitor.Look(TimeSpan.FromSeconds(42), Samples(101)).Warning);
        Assert.NotNull(monitor.Look(TimeSpan.FromSeconds(80), stuck).Warning);
    }

    [Fact]
    public async Task RunAsync_WithAStageThatStandsStill_WarnsAndGoesOn()
    {
        using var temporary = new TemporaryStore();
        var warnings = new List<string>();
        var slept = false;
        var job = new NumberJob
        {
            On = async (stage, number, context) =>
            {
                if (stage != StageKind.Main || number != 450 || slept) return;
                slept = true;
                await Task.Delay(3500, context.Cancellation);
            },
        };
        var report = await JobRunner.RunAsync(job, temporary.Store, new RunOptions { Folder = "out", StallAfter = TimeSpan.FromSeconds(1) }, new Listener(warnings), TestContext.Current.CancellationToken);
        Assert.Contains(warnings, warning => warning.StartsWith("main stands still: worker 0 of 1", StringComparison.Ordinal));
        Assert.True(report.Stages[(int)StageKind.Main].Busy > TimeSpan.FromSeconds(3));
    }

    private static WorkerSample[] Samples(long items) =>
    [
        new()
        {
            First = StageKind.Source, Last = StageKind.Preprocess, Rank = 0, Items = [2 * items, 2 * items, 0, 0, 0], Seconds = [0.5, 1.5, 0, 0, 0],
            WaitOut = 0.25, Elapsed = 2, Shards = 3, Place = WorkerPlace.Preprocess, Still = 0,
        },
        .. Enumerable.Range(0, 2).Select(rank => new WorkerSample
        {
            First = StageKind.Main, Last = StageKind.Main, Rank = rank, Items = [0, items, items, 0, 0], Seconds = [0, 1, 3, 0, 0],
            WaitOut = 0.5, Elapsed = 5, Shards = 1, Place = WorkerPlace.WaitIn, Still = 0, QueueBytes = 1 << 10, QueueCapacity = 4 << 10,
        }),
        new()
        {
            First = StageKind.Postprocess, Last = StageKind.Sink, Rank = 0, Items = [0, 0, 2 * items, 2 * items, 0], Seconds = [0, 0, 1, 2, 3],
            WaitOut = 0, Elapsed = 4, Shards = 2, Place = WorkerPlace.Sink, Still = 0, QueueBytes = 0, QueueCapacity = 4 << 10,
        },
    ];

    private sealed class Listener(List<string> warnings) : IProgress<JobStatus>
    {
        public void Report(JobStatus value)
        {
            if (value.Warning is { } warning) warnings.Add(warning);
        }
    }
}
