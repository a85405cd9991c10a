using System.Runtime.CompilerServices;
using Stickers.Storage;

namespace Stickers.Pipeline.Tests.Jobs;

/// <summary>A million items of 1 KB flow to a stage that sleeps now and then.</summary>
internal sealed class SleepyJob : Job<byte[], byte[], byte[], long>
{
    public const int Shards = 10;
    public const int Items = Shards * PerShard;

    private const int PerShard = 100_000;

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
