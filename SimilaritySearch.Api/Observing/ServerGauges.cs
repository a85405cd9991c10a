using System.Diagnostics.Metrics;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Observing;

/// <summary>What the server is like when somebody looks: queues, versions, live recall, memory.</summary>
internal sealed class ServerGauges : IDisposable
{
    private readonly Meter _meter = new(LookupTelemetry.Name);

    public ServerGauges(LookupService lookup)
    {
        WorkLane[] lanes = [lookup.Light, lookup.Search, lookup.Upload];
        _meter.CreateObservableGauge("stickers.lookup.queue.waiting", () => lanes.Select(lane => Of(lane.Waiting, lane)), null, "Pieces of work that wait.");
        _meter.CreateObservableGauge("stickers.lookup.queue.running", () => lanes.Select(lane => Of(lane.Running, lane)), null, "Pieces of work that run.");
        _meter.CreateObservableCounter("stickers.lookup.queue.refused", () => lanes.Select(lane => new Measurement<long>(lane.Refused, new KeyValuePair<string, object?>("lane", lane.Name))), null, "Requests that there was no room for.");
        _meter.CreateObservableGauge("stickers.lookup.snapshot", () => Snapshots(lookup), null, "1 for what is served, with its versions.");
        _meter.CreateObservableGauge("stickers.lookup.stickers", () => Vectors(lookup), null, "Vectors that are served.");
        _meter.CreateObservableGauge("stickers.lookup.ready", () => lookup.Pairs.IsReady && !lookup.Draining ? 1d : 0, null, "1 while lookups are answered.");
        _meter.CreateObservableCounter("stickers.lookup.swaps", () => lookup.Pairs.Swaps, null, "Pairs that were swapped in.");
        _meter.CreateObservableCounter("stickers.lookup.probe.wanted", () => lookup.Probe.Wanted, null, "True neighbours of the live queries that were searched exactly once more.");
        _meter.CreateObservableCounter("stickers.lookup.probe.found", () => lookup.Probe.Found, null, "Those of them that the answers had.");
        _meter.CreateObservableGauge("stickers.lookup.live.recall", () => lookup.Probe.Recall is { } recall ? [new Measurement<double>(recall)] : Array.Empty<Measurement<double>>(), null, "Share of the true ten neighbours that recent live answers had.");
        _meter.CreateObservableGauge("stickers.lookup.memory", () => (double)Environment.WorkingSet, "By", "Memory of the process.");
    }

    /// <summary>The meter that has them.</summary>
    public Meter Meter => _meter;

    public void Dispose() => _meter.Dispose();

    private static Measurement<double> Of(double value, WorkLane lane) => new(value, new KeyValuePair<string, object?>("lane", lane.Name));

    private static Measurement<double>[] Snapshots(LookupService lookup) => EachSpace(lookup, space => new Measurement<double>(
        1, new("space", space.Space.Name()), new("version", space.Version), new("model", space.Snapshot.Manifest.Model)));

    private static Measurement<double>[] Vectors(LookupService lookup) =>
        EachSpace(lookup, space => new Measurement<double>(space.Snapshot.Manifest.Count, new KeyValuePair<string, object?>("space", space.Space.Name())));

    private static Measurement<double>[] EachSpace(LookupService lookup, Func<ServedSpace, Measurement<double>> measure)
    {
        if (lookup.Pairs.Lease() is not { } pair)
            return [];
        try
        {
            return [measure(pair.Visual), measure(pair.Semantic)];
        }
        finally
        {
            pair.Release();
        }
    }
}
