using System.Diagnostics;
using System.Diagnostics.Metrics;
using Stickers.Pipeline.Running;

namespace Stickers.Pipeline.Observing;

/// <summary>Metrics and traces by the names that exporters ask for. Without a listener they cost next to nothing.</summary>
public static class PipelineTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Stickers.Pipeline";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Items = Meter.CreateCounter<long>("stickers.pipeline.items", "{item}", "Items that left a stage, counted when their shard is done.");
    private static readonly Counter<long> Quarantined = Meter.CreateCounter<long>("stickers.pipeline.quarantined", "{item}", "Items that a stage put in quarantine.");
    private static readonly Counter<long> Shards = Meter.CreateCounter<long>("stickers.pipeline.shards", "{shard}", "Shards that a stage has done.");
    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>("stickers.pipeline.shard.duration", "s", "Time that a worker spent on a shard.");
    private static readonly Gauge<long> QueueBytes = Meter.CreateGauge<long>("stickers.pipeline.queue.bytes", "By", "Bytes that wait before a stage.");

    internal static Activity? StartShard(ShardWork work)
    {
        var activity = Source.StartActivity($"{ShardRun.Name(work.Worker.Segment.First)} shard", ActivityKind.Internal, work.Run.TraceParent);
        activity?.SetTag("shard.index", work.Run.Index).SetTag("shard.name", work.Run.Shard.Name).SetTag("worker", work.Worker.Rank);
        // What the next stages do with this shard belongs to the same trace.
        work.Run.TraceParent ??= activity?.Id;
        return activity;
    }

    internal static void ShardDone(ShardWork work, TimeSpan took)
    {
        foreach (var stage in work.Worker.Segment.Stages)
        {
            var tag = new KeyValuePair<string, object?>("stage", ShardRun.Name(stage));
            Items.Add(stage == StageKind.Sink ? work.Run.Out[(int)stage - 1] : work.Run.Out[(int)stage], tag);
            if (work.Run.Refused[(int)stage] > 0) Quarantined.Add(work.Run.Refused[(int)stage], tag);
            Shards.Add(1, tag);
        }

        Seconds.Record(took.TotalSeconds, new KeyValuePair<string, object?>("stage", ShardRun.Name(work.Worker.Segment.First)));
    }

    internal static void Queue(StageKind before, long bytes) => QueueBytes.Record(bytes, new KeyValuePair<string, object?>("stage", ShardRun.Name(before)));
}
