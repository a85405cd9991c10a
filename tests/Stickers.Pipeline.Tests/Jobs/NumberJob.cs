using System.Runtime.CompilerServices;
using Stickers.Pipeline.Sinks;
using Stickers.Storage;

namespace Stickers.Pipeline.Tests.Jobs;

/// <summary>Numbers go in, are multiplied, added to and written as text. Tests put faults and delays where they want them.</summary>
internal sealed class NumberJob : Job<long, long, long, string>
{
    public int Shards { get; init; } = 7;

    public int PerShard { get; init; } = 100;

    /// <summary>Numbers of which preprocess says that they are bad.</summary>
    public Func<long, bool> Bad { get; init; } = _ => false;

    /// <summary>Called with each number that a stage takes, before it works on it.</summary>
    public Func<StageKind, long, ShardContext, Task> On { get; init; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Main loses these numbers.</summary>
    public Func<long, bool> Lose { get; init; } = _ => false;

    public long? SaidCount { get; init; }

    public string Version { get; init; } = "1";

    public override IReadOnlyDictionary<string, string> Inputs => new Dictionary<string, string> { ["version"] = Version };

    public override Source<long> Source => new Numbers(this);

    public override Sink<string> Sink => new WatchedSink(this);

    public override async IAsyncEnumerable<long> Preprocess(IAsyncEnumerable<long> items, ShardContext context)
    {
        await foreach (var item in items)
        {
            await On(StageKind.Preprocess, item, context);
            if (Bad(item)) context.Quarantine($"number {item}", item % 2 == 0 ? "Even" : "Odd", "It was said to be bad.");
            else yield return item * 3;
        }
    }

    public override async IAsyncEnumerable<long> Main(IAsyncEnumerable<long> items, ShardContext context)
    {
        await foreach (var item in items)
        {
            await On(StageKind.Main, item / 3, context);
            if (!Lose(item / 3)) yield return item + 1;
        }
    }

    public override async IAsyncEnumerable<string> Postprocess(IAsyncEnumerable<long> items, ShardContext context)
    {
        await foreach (var item in items)
        {
            await On(StageKind.Postprocess, (item - 1) / 3, context);
            context.Tally(item % 2 == 0 ? "even" : "odd");
            yield return $"{item} from {context.Shard.Name}";
        }
    }

    private sealed class Numbers(NumberJob job) : Source<long>
    {
        public override async IAsyncEnumerable<Shard> ListAsync(ObjectStore store, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.Yield();
            for (var shard = 0; shard < job.Shards; shard++) yield return new Shard($"numbers-{shard}", "numbers", (long)shard * job.PerShard, job.SaidCount ?? job.PerShard);
        }

        public override async IAsyncEnumerable<long> ReadAsync(ShardContext context)
        {
            for (var i = 0; i < job.PerShard; i++)
            {
                var number = context.Shard.First + i;
                await job.On(StageKind.Source, number, context);
                yield return number;
            }
        }
    }

    private sealed class WatchedSink(NumberJob job) : Sink<string>
    {
        private readonly TextLineSink _lines = new();

        public override Task<CommittedFile> WriteAsync(IAsyncEnumerable<string> outputs, ShardContext context) => _lines.WriteAsync(WatchAsync(outputs, context), context);

        private async IAsyncEnumerable<string> WatchAsync(IAsyncEnumerable<string> outputs, ShardContext context)
        {
            await foreach (var output in outputs)
            {
                await job.On(StageKind.Sink, (long.Parse(output[..output.IndexOf(' ')]) - 1) / 3, context);
                yield return output;
            }
        }
    }
}
