using System.Diagnostics;
using Stickers.Pipeline.Running;

namespace Stickers.Pipeline.Observing;

/// <summary>What one worker has done up to now; what other processes report of theirs.</summary>
internal sealed record WorkerSample
{
    public required StageKind First { get; init; }
    public required StageKind Last { get; init; }
    public required int Rank { get; init; }
    public required long[] Items { get; init; }
    public required double[] Seconds { get; init; }
    public required double WaitOut { get; init; }
    public required double Elapsed { get; init; }
    public required long Shards { get; init; }
    public required WorkerPlace Place { get; init; }

    /// <summary>Seconds since an item last moved.</summary>
    public required double Still { get; init; }

    /// <summary>Bytes that wait before this worker, where its process knows it, and most that may.</summary>
    public long QueueBytes { get; init; }
    public long QueueCapacity { get; init; }

    public static WorkerSample Of(Worker worker, (long Bytes, long Capacity) queue)
    {
        var meter = worker.Meter;
        return new WorkerSample
        {
            First = meter.First,
            Last = meter.Last,
            Rank = worker.Rank,
            Items = [.. meter.Items],
            Seconds = [.. meter.Ticks.Select(InSeconds)],
            WaitOut = InSeconds(meter.WaitOut),
            Elapsed = InSeconds(meter.Elapsed),
            Shards = meter.Shards,
            Place = meter.Place,
            Still = Stopwatch.GetElapsedTime(meter.LastMove).TotalSeconds,
            QueueBytes = queue.Bytes,
            QueueCapacity = queue.Capacity,
        };
    }

    private static double InSeconds(long ticks) => (double)ticks / Stopwatch.Frequency;
}
