using System.Diagnostics;
using Stickers.Pipeline.Accounting;

namespace Stickers.Pipeline.Running;

/// <summary>Writes shards by the sink and enters each into the ledger once it is committed.</summary>
internal sealed class SinkOutlet<T>(Sink<T> sink, Ledger ledger) : ShardOutlet<T>
{
    public override async Task ConsumeAsync(IAsyncEnumerable<T> items, ShardWork work)
    {
        var meter = work.Worker.Meter;
        var began = Stopwatch.GetTimestamp();
        meter.Go(WorkerPlace.Sink);
        var file = await sink.WriteAsync(items, work.ContextOf(StageKind.Sink));
        work.Run.Check(StageKind.Sink);
        await ledger.EnterAsync(work.Run, file, work.Worker.Cancellation);
        meter.Ticks[(int)StageKind.Sink] += Stopwatch.GetTimestamp() - began;
    }

    public override Task CompleteAsync(CancellationToken cancellation) => Task.CompletedTask;
}
