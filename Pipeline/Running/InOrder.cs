using System.Runtime.CompilerServices;

namespace Stickers.Pipeline.Running;

/// <summary>Brings the shards of one receiver into the order of their turns: in lockstep every receiver works on the same round.</summary>
internal sealed class InOrder<T>(ShardInlet<T> inlet, int receiver, int receivers) : ShardInlet<T>
{
    public override async IAsyncEnumerable<Arrival<T>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var early = new Dictionary<int, Arrival<T>>();
        var next = receiver;
        await foreach (var arrival in inlet.ReadAsync(cancellation))
        {
            early.Add(arrival.Run.Turn, arrival);
            while (early.Remove(next, out var due))
            {
                yield return due;
                next += receivers;
            }
        }
    }
}
