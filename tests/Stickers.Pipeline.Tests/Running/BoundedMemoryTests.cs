using System.Runtime.CompilerServices;
using Stickers.Pipeline.Observing;
using Stickers.Pipeline.Processes;
using Stickers.Pipeline.Running;
using Stickers.Pipeline.Tests.Processes;
using Stickers.Storage;

namespace Stickers.Pipeline.Tests.Running;

/// <summary>A million items of 1 KB wait to flow through a job whose last stage sleeps.</summary>
public sealed class BoundedMemoryTests : IDisposable
{
    private const int Shards = 10;
    private const int PerShard = 100_000;
    private const long Cap = 4 << 20;

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

        Assert.Equal(Shards * PerShard, report.Result.Written);
        Assert.InRange(worst, 1, Cap);
        Assert.True(job.PeakBytes < 48 << 20, $"The heap grew to {job.PeakBytes >> 20} MiB beyond what it was; two queues of {Cap >> 20} MiB were allowed.");
    }

    [Fact]
    public async Task RunAsync_OnRanksWithAConsumerThatSleeps_KeepsEveryQueueUnderItsCap()
    {
        var worlds = MemoryWorld.Create(4);
        var jobs = worlds.Select(_ => new SleepyJob()).ToArray();
        var options = new RunOptions { Folder = "out", Preprocess = 2, Main = 1, Postprocess = 1, QueueBytes = Cap };
        await Task.WhenAll(worlds.Select(world => Task.Run(() => new ProcessRun(jobs[world.Rank], _temporary.Store, options, world).RunAsync(null, Token), Token)));

        Assert.All(worlds[0].Rooms, room => Assert.True(room.Peak <= room.Capacity, $"{room.Peak} of {room.Capacity} bytes"));
        Assert.True(jobs[3].PeakBytes < 64 << 20, $"The heap grew by {jobs[3].PeakBytes >> 20} MiB; queues of {2 * Cap >> 20} MiB were allowed.");
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

    private sealed class SleepyJob : Job<byte[], byte[], byte[], long>
    {
        private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);

        public long PeakBytes { get; private set; }

        public override Source<byte[]> Source { get; } = new Kilobytes();

        public override Sink<long> Sink { get; } = new LengthSink();

        public override IAsyncEnumerable<byte[]> Preprocess(IAsyncEnumerable<byte[]> items, ShardContext context) => items;

        public override IAsyncEnumerable<byte[]> Main(IAsyncEnumerable<byte[]> items, ShardContext context) => items;

        public override async IAsyncEnumerable<long> Postprocess(IAsyncEnumerable<byte[]> items, ShardContext context)
        {
            var count = 0;
            await foreach (var item in items)
            {
                if (++count % 5000 == 0)
                {
                    await Task.Delay(10, context.Cancellation);
                    // What is dead is not held by a queue.
                    if (count % 50_000 == 0) PeakBytes = Math.Max(PeakBytes, GC.GetTotalMemory(forceFullCollection: true) - _before);
                }

                yield return item.Length;
            }
        }
    }

    private sealed class Kilobytes : Source<byte[]>
    {
        public override async IAsyncEnumerable<Shard> ListAsync(ObjectStore store, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.Yield();
            for (var shard = 0; shard < Shards; shard++) yield return new Shard($"{shard}", "", 0, PerShard);
        }

        public override async IAsyncEnumerable<byte[]> ReadAsync(ShardContext context)
        {
            await Task.Yield();
            for (var i = 0; i < PerShard; i++) yield return new byte[1024];
        }
    }

    private sealed class LengthSink : Sink<long>
    {
        public override async Task<CommittedFile> WriteAsync(IAsyncEnumerable<long> outputs, ShardContext context)
        {
            var sum = await outputs.SumAsync(context.Cancellation);
            await using var file = await context.CreateOutputAsync(".bin");
            await file.Stream.WriteAsync(BitConverter.GetBytes(sum), context.Cancellation);
            return await file.CommitAsync(context.Cancellation);
        }
    }
}
