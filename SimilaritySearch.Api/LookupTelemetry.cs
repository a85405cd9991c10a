using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Stickers.SimilaritySearch.Api;

/// <summary>A part of the work on a request.</summary>
internal enum Phase
{
    Decode,
    Embed,
    Search,
    Rerank,
    Metadata,
}

/// <summary>What lookups measure; anyone may listen by the name.</summary>
public static class LookupTelemetry
{
    /// <summary>Name of the meter and of the source of traces.</summary>
    public const string Name = "Stickers.Lookup";

    private static readonly string[] Names = ["decode", "embed", "search", "rerank", "metadata"];
    private static readonly KeyValuePair<string, object?>[] Tags = [.. Names.Select(name => new KeyValuePair<string, object?>("phase", name))];

    internal static Meter Meter { get; } = new(Name);

    internal static ActivitySource Traces { get; } = new(Name);

    private static readonly Histogram<double> Phases = Meter.CreateHistogram<double>("stickers.lookup.phase", "s", "Time of one phase of a request.");

    /// <summary>Measures until it is disposed.</summary>
    internal static Measurement Measure(Phase phase) => new(phase, Traces.StartActivity(Names[(int)phase]), Stopwatch.GetTimestamp());

    /// <summary>A phase that runs.</summary>
    internal readonly struct Measurement(Phase phase, Activity? activity, long started) : IDisposable
    {
        public void Dispose()
        {
            Phases.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, Tags[(int)phase]);
            activity?.Dispose();
        }
    }
}
