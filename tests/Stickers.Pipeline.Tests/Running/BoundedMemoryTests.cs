using System.Globalization;
using Stickers.Pipeline.Observing;
using Stickers.Pipeline.Running;
using Stickers.Pipeline.Tests.Jobs;

namespace Stickers.Pipeline.Tests.Running;

/// <summary>A million items of 1 KB wait to flow through a job whose last stage sleeps.</summary>
public sealed class BoundedMemoryTests : IDisposable
{
    private const long Cap = 4 << 20;

    // .NET, MPI and ZeroMQ take some 100 MiB, the heap as much again until it is collected, and the queue of a rank 4 MiB on either side.
    private const long MemoryCap = 256 << 20;

    private readonly TemporaryStore _temporary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task RunAsync_WithAConsumerThatSleeps_KeepsEveryQueueUnderItsCap()
    {
        var worst = 0L;
        var progress = new Watch(status => worst = Math.Max(worst, status.Stages.Max(stage => stage.QueueBytes ?? 0)));
        var job = new SleepyJob();
        var report = await JobRunner.RunAsync(job, _temporary.Store, new RunOptions { Folder = "out", QueueBytes = Cap }, progress, Token);

        Assert.Equal(SleepyJob.Items, report.Result.Written);
        Assert.InRange(worst, 1, Cap);
        Assert.True(job.PeakBytes < 48 << 20, $"The heap grew to {job.PeakBytes >> 20} MiB beyond what it was; two queues of {Cap >> 20} MiB were allowed.");
    }

    /// <summary>Three processes; a gigabyte flows through each of the first two.</summary>
    [Fact]
    public async Task Job_UnderMpirunWithAConsumerThatSleeps_KeepsTheMemoryOfEveryRankUnderItsCap()
    {
        JobProcess.RequireMpi();
        using var process = JobProcess.Start(_temporary.Store.Root, "sleepy", 3, 1, 1, 1);
        var (code, output, error) = await process.EndAsync();
        Assert.True(code == 0, error);
        Assert.Contains($"{SleepyJob.Items} = {SleepyJob.Items} + 0, {SleepyJob.Shards} shards", output, StringComparison.Ordinal);
        var peaks = output.Split('\n').Where(line => line.StartsWith("peak ", StringComparison.Ordinal)).Select(line => long.Parse(line[5..], CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(3, peaks.Length);
        TestContext.Current.TestOutputHelper!.WriteLine($"Peak resident memory of the ranks: {string.Join(", ", peaks.Select(peak => $"{peak >> 20} MiB"))}.");
        Assert.All(peaks, peak => Assert.True(peak < MemoryCap, $"A rank took {peak >> 20} MiB; allowed are {MemoryCap >> 20}."));
    }

    [Fact]
    public async Task TakeAsync_WhenFull_WaitsUntilHalfIsFree()
    {
        var room = new ByteBudget(100);
        await room.TakeAsync(250, Token);   // larger than all room: alone
        var waiting = room.TakeAsync(10, Token).AsTask();
        Assert.False(waiting.IsCompleted);
        room.Give(250);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), Token);
        await room.TakeAsync(90, Token);
        var second = room.TakeAsync(1, Token).AsTask();
        room.Give(10);
        Assert.False(second.IsCompleted);
        room.Give(45);
        await second.WaitAsync(TimeSpan.FromSeconds(10), Token);
        Assert.Equal((46L, 250L), (room.Used, room.Peak));
    }

    private sealed class Watch(Action<JobStatus> look) : IProgress<JobStatus>
    {
        public void Report(JobStatus value) => look(value);
    }
}
