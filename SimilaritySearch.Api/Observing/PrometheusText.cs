using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Stickers.SimilaritySearch.Api.Observing;

/// <summary>Listens to a meter and writes what it measured as Prometheus reads it (text format 0.0.4). Histograms are kept in fixed buckets of seconds.</summary>
internal sealed class PrometheusText : IDisposable
{
    /// <summary>Media type of the text.</summary>
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly double[] Bounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), Series> _series = new();

    /// <summary>The same by what labels are made of, so that each measurement need not make them anew. Instruments that are only looked at do not stand here.</summary>
    private readonly ConcurrentDictionary<(Instrument Instrument, object? First, object? Second, object? Third), Series> _known = new();

    /// <param name="meters">The meters to listen to.</param>
    public PrometheusText(params Meter[] meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meters.Contains(instrument.Meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>All that was measured so far.</summary>
    public string Write()
    {
        // What was observed before may have ended: a version that is served no more.
        foreach (var key in _series.Keys.Where(key => key.Instrument.IsObservable))
            _series.TryRemove(key, out _);
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var group in _series.GroupBy(series => series.Key.Instrument).OrderBy(group => group.Key.Name, StringComparer.Ordinal))
        {
            var kind = KindOf(group.Key);
            var name = NameOf(group.Key, kind);
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {group.Key.Description}\n# TYPE {name} {kind}\n");
            foreach (var ((_, labels), series) in group.OrderBy(series => series.Key.Labels, StringComparer.Ordinal))
                series.Write(text, name, labels, kind == "histogram");
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Histogram<double> => "histogram",
        Counter<long> or ObservableCounter<long> => "counter",
        _ => "gauge",
    };

    private static string NameOf(Instrument instrument, string kind) =>
        instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : instrument.Unit == "By" ? "_bytes" : "") + (kind == "counter" ? "_total" : "");

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = SeriesOf(instrument, tags);
        if (instrument is Histogram<double>) series.Observe(value);
        else if (instrument.IsObservable) series.Set(value);
        else series.Add(value);
    }

    private Series SeriesOf(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (instrument.IsObservable || tags.Length > 3)
            return Labelled(tags);
        var key = (instrument, tags.Length > 0 ? tags[0].Value : null, tags.Length > 1 ? tags[1].Value : null, tags.Length > 2 ? tags[2].Value : null);
        return _known.TryGetValue(key, out var series) ? series : _known[key] = Labelled(tags);

        Series Labelled(ReadOnlySpan<KeyValuePair<string, object?>> tags) => _series.GetOrAdd((instrument, LabelsOf(tags)), static _ => new Series());
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.Length switch
    {
        0 => "",
        1 => $"{tags[0].Key}=\"{Escaped(tags[0].Value)}\"",
        _ => string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}=\"{Escaped(tag.Value)}\"")),
    };

    private static string Escaped(object? value)
    {
        var text = value?.ToString() ?? "";
        return text.AsSpan().IndexOfAny('\\', '"', '\n') < 0
            ? text
            : text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
    }

    /// <summary>One set of labels of an instrument.</summary>
    private sealed class Series
    {
        private readonly Lock _gate = new();
        private readonly long[] _buckets = new long[Bounds.Length + 1];
        private long _count;
        private double _sum;

        public void Observe(double value)
        {
            var bucket = Array.BinarySearch(Bounds, value);
            lock (_gate)
            {
                _buckets[bucket < 0 ? ~bucket : bucket]++;
                _count++;
                _sum += value;
            }
        }

        public void Add(double value)
        {
            lock (_gate)
                _sum += value;
        }

        public void Set(double value)
        {
            lock (_gate)
                _sum = value;
        }

        public void Write(StringBuilder text, string name, string labels, bool histogram)
        {
            lock (_gate)
            {
                var inner = labels.Length == 0 ? "" : $"{{{labels}}}";
                if (!histogram)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{inner} {_sum}\n");
                    return;
                }

                var before = labels.Length == 0 ? "" : labels + ",";
                long below = 0;
                for (var i = 0; i < Bounds.Length; i++)
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{before}le=\"{Bounds[i]}\"}} {below += _buckets[i]}\n");
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{before}le=\"+Inf\"}} {_count}\n{name}_sum{inner} {_sum}\n{name}_count{inner} {_count}\n");
            }
        }
    }
}
