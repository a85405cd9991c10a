using System.Diagnostics;
using Stickers.Pipeline.Formats;
using Stickers.Pipeline.Running;
using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Processes;

/// <summary>Sends shards in frames to the worker of the next segment that each is meant for.</summary>
/// <param name="writer">The edge.</param>
/// <param name="format">How items are written.</param>
/// <param name="hop">Place of the receiver in a shard's route.</param>
internal sealed class EdgeOutlet<T>(EdgeWriter writer, IItemFormat<T> format, int hop) : ShardOutlet<T>
{
    // A slow stage's items do not wait for each other long.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(200);

    private readonly FrameBuffer _frame = new();

    public override async Task ConsumeAsync(IAsyncEnumerable<T> items, ShardWork work)
    {
        var run = work.Run;
        var sequence = 0;
        await SendAsync(FrameKind.Begin, FrameJson.Write(new ShardBegin(run.Turn, run.Shard.Name, run.Shard.Input, run.Shard.First, run.Shard.Count, run.Route, run.TraceParent)));
        var began = 0L;
        await foreach (var item in items)
        {
            if (_frame.Items == 0) began = Stopwatch.GetTimestamp();
            _frame.Add(item, format);
            if (_frame.Length >= FrameBuffer.FullBytes || Stopwatch.GetElapsedTime(began) >= MaxAge) await FlushAsync(FrameKind.Items);
        }

        if (_frame.Items > 0) await FlushAsync(FrameKind.Items);
        foreach (var row in run.Quarantined)
        {
            _frame.Add(row, QuarantineFormat.Instance);
            if (_frame.Length >= FrameBuffer.FullBytes) await FlushAsync(FrameKind.Quarantine);
        }

        if (_frame.Items > 0) await FlushAsync(FrameKind.Quarantine);
        await SendAsync(FrameKind.End, FrameJson.Write(new ShardEnd(run.Out, run.Refused, run.Tallies)));

        Task SendAsync(FrameKind kind, byte[] payload)
        {
            payload.CopyTo(_frame.GetSpan(payload.Length));
            _frame.Advance(payload.Length);
            return FlushAsync(kind);
        }

        async Task FlushAsync(FrameKind kind)
        {
            var sending = writer.SendAsync(run.Route[hop], _frame.Finish(kind, run.Index, sequence++), work.Worker.Cancellation);
            if (!sending.IsCompletedSuccessfully)
            {
                var meter = work.Worker.Meter;
                meter.Go(WorkerPlace.WaitOut);
                var waiting = Stopwatch.GetTimestamp();
                await sending;
                meter.WaitOut += Stopwatch.GetTimestamp() - waiting;
            }
        }
    }

    public override Task CompleteAsync(CancellationToken cancellation) => writer.CompleteAsync(cancellation);
}
