using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Stickers.Pipeline.Sinks;
using Stickers.Storage;

namespace Stickers.Pipeline.Tests.Jobs;

/// <summary>Works in lockstep: what main writes for a shard is the sum over all shards of its round, as gradients are added up.</summary>
internal sealed class RoundJob : Job<float, float, float, string>
{
    private const int Rounds = 12;

    public override IReadOnlyDictionary<string, string> Inputs => new Dictionary<string, string>();

    public override bool InLockstep => true;

    public override Source<float> Source { get; } = new Powers();

    public override Sink<string> Sink { get; } = new TextLineSink();

    public override IAsyncEnumerable<float> Preprocess(IAsyncEnumerable<float> items, ShardContext context) => items;

    public override async IAsyncEnumerable<float> Main(IAsyncEnumerable<float> items, ShardContext context)
    {
        await foreach (var item in items)
        {
            var sum = item;
            context.Group.Sum(MemoryMarshal.CreateSpan(ref sum, 1));
            var first = sum;
            context.Group.Broadcast(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref first, 1)), context.Size - 1);
            context.Group.Barrier();
            yield return first == sum ? sum : float.NaN;
        }
    }

    public override IAsyncEnumerable<string> Postprocess(IAsyncEnumerable<float> items, ShardContext context) => items.Select(item => $"{item}");

    /// <summary>Item j of shard i is 2 to the power of i, plus j hundreds of thousands: a sum tells its parts.</summary>
    private sealed class Powers : Source<float>
    {
        public override async IAsyncEnumerable<Shard> ListAsync(ObjectStore store, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.Yield();
            for (var shard = 0; shard < Rounds; shard++) yield return new Shard($"{shard}", "", shard, 3);
        }

        public override async IAsyncEnumerable<float> ReadAsync(ShardContext context)
        {
            for (var i = 0; i < 3; i++)
            {
                // The later a shard, the sooner it is there: order must come from the framework.
                await Task.Delay((Rounds - context.Index) * 2, context.Cancellation);
                yield return (1 << context.Index) + (i * 100_000);
            }
        }
    }
}
