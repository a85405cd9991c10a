using System.Threading.Channels;
using Stickers.Pipeline.Running;

namespace Stickers.Pipeline.Processes;

/// <summary>Asks rank 0 for shards.</summary>
internal sealed class RemoteFeed(ControlLine line, ChannelReader<ControlMessage> orders, Func<StageKind, bool> reshapes) : ShardFeed
{
    public override async ValueTask<ShardRun?> NextAsync(Worker worker, CancellationToken cancellation)
    {
        await line.SayAsync(0, new ControlMessage(ControlKind.Free), cancellation);
        var order = await orders.ReadAsync(cancellation);
        if (order.Kind != ControlKind.Take) throw new InvalidDataException($"Rank 0 sent {order.Kind}, expected {ControlKind.Take}.");
        return order.Shard is { } shard
            ? new ShardRun(order.Index, shard.Turn, new Shard(shard.Name, shard.Input, shard.First, shard.Count), reshapes) { Route = shard.Route }
            : null;
    }
}
