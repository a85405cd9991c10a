using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Stickers.Pipeline.Observing;
using Stickers.Pipeline.Processes;
using Stickers.Pipeline.Tests.Jobs;
using Stickers.Pipeline.Tests.Processes;

namespace Stickers.Pipeline.Tests.Observing;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Run_OnRanks_CountsItemsAndKeepsOneTraceForAShard()
    {
        var token = TestContext.Current.CancellationToken;
        var items = new ConcurrentDictionary<string, long>();
        var spans = new ConcurrentBag<Activity>();
        using var metrics = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Name == PipelineTelemetry.Name && instrument.Name == "stickers.pipeline.items") listener.EnableMeasurementEvents(instrument); } };
        metrics.SetMeasurementEventCallback<long>((_, value, tags, _) => items.AddOrUpdate((string)tags[0].Value!, value, (_, sum) => sum + value));
        metrics.Start();
        using var traces = new ActivityListener { ShouldListenTo = source => source.Name == PipelineTelemetry.Name, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData, ActivityStopped = spans.Add };
        ActivitySource.AddActivityListener(traces);

        using var temporary = new TemporaryStore();
        var options = new RunOptions { Folder = "out" };
        await Task.WhenAll(MemoryWorld.Create(3).Select(world => Task.Run(() => new ProcessRun(new NumberJob { Shards = 1, PerShard = 77 }, temporary.Store, options, world).RunAsync(null, token), token)));

        // Other tests of this process may run jobs meanwhile.
        var mine = spans.GroupBy(span => span.TraceId).Where(trace => trace.Count() == 3).ToArray();
        Assert.NotEmpty(mine);
        Assert.Contains(mine, trace => trace.Select(span => span.DisplayName).Order(StringComparer.Ordinal).SequenceEqual(["main shard", "postprocess shard", "source shard"]));
        Assert.All((string[])["source", "preprocess", "main", "postprocess", "sink"], stage => Assert.True(items[stage] >= 77));
    }
}
