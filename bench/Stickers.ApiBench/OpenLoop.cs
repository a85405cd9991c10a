using System.Diagnostics;
using System.Threading.Channels;

namespace Stickers.ApiBench;

/// <summary>What came of a run.</summary>
/// <param name="Seconds">How long requests were begun.</param>
/// <param name="ByStatus">Latencies in milliseconds from when each request was due, sorted, by HTTP status; 0 for a broken connection.</param>
/// <param name="Late">Milliseconds by which requests were begun after they were due, sorted: how far the generator fell behind.</param>
internal sealed record LoadResult(double Seconds, IReadOnlyDictionary<int, double[]> ByStatus, double[] Late)
{
    /// <summary>Requests answered with 200 a second.</summary>
    public double Rate => Of(200).Length / Seconds;

    public double[] Of(int status) => ByStatus.TryGetValue(status, out var times) ? times : [];

    public static double Percentile(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];

    public override string ToString() => string.Join("; ", ByStatus.OrderBy(pair => pair.Key).Select(pair => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{pair.Key}: {pair.Value.Length} ({pair.Value.Length / Seconds:0}/s), p50 {Percentile(pair.Value, 0.5):0.00} ms, p99 {Percentile(pair.Value, 0.99):0.00} ms, max {pair.Value.LastOrDefault():0.0} ms")))
        + string.Create(System.Globalization.CultureInfo.InvariantCulture, $"; begun late by p50 {Percentile(Late, 0.5):0.00} ms, p99 {Percentile(Late, 0.99):0.00} ms");
}

/// <summary>Begins requests at their due times whatever became of earlier ones; a request that finds no free connection waits, and its wait counts.</summary>
internal static class OpenLoop
{
    /// <summary>Runs a load.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="path">Path of the i-th request.</param>
    /// <param name="rate">Requests a second; infinity begins one as soon as a connection is free (a closed loop).</param>
    /// <param name="connections">Connections.</param>
    /// <param name="time">How long requests are begun.</param>
    /// <param name="seen">Told the body of each answer with 200; may be null.</param>
    public static async Task<LoadResult> RunAsync(Uri server, Func<int, string> path, double rate, int connections, TimeSpan time, Action<string>? seen = null)
    {
        var due = Channel.CreateUnbounded<(int Number, long At)>(new UnboundedChannelOptions { SingleWriter = true });
        var clock = Stopwatch.StartNew();
        var next = -1;
        var workers = Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            var times = new List<(int Status, double Milliseconds, double Late)>();
            HttpConnection? connection = null;
            while (true)
            {
                (int Number, long At) request;
                if (double.IsInfinity(rate))
                {
                    if (clock.Elapsed >= time)
                        break;
                    request = (Interlocked.Increment(ref next), Stopwatch.GetTimestamp());
                }
                else if (!await due.Reader.WaitToReadAsync() || !due.Reader.TryRead(out request))
                {
                    if (due.Reader.Completion.IsCompleted)
                        break;
                    continue;
                }

                var (status, late) = (0, Stopwatch.GetElapsedTime(request.At).TotalMilliseconds);
                try
                {
                    connection ??= await HttpConnection.OpenAsync(server);
                    (status, var body) = await connection.GetAsync(path(request.Number), seen is not null);
                    if (status == 200)
                        seen?.Invoke(body);
                }
                catch (IOException)
                {
                    connection?.Dispose();
                    connection = null;
                }

                times.Add((status, Stopwatch.GetElapsedTime(request.At).TotalMilliseconds, late));
            }

            connection?.Dispose();
            return times;
        })).ToList();

        if (!double.IsInfinity(rate))
        {
            var begun = 0;
            while (clock.Elapsed < time)
            {
                for (var wanted = (int)(clock.Elapsed.TotalSeconds * rate); begun < wanted; begun++)
                    due.Writer.TryWrite((begun, Stopwatch.GetTimestamp()));
                await Task.Delay(1);
            }
        }

        var seconds = clock.Elapsed.TotalSeconds;
        due.Writer.Complete();
        var all = (await Task.WhenAll(workers)).SelectMany(times => times).ToList();
        // A closed loop begins requests until its workers end.
        if (double.IsInfinity(rate))
            seconds = clock.Elapsed.TotalSeconds;
        return new LoadResult(
            seconds, all.GroupBy(item => item.Status).ToDictionary(group => group.Key, group => group.Select(item => item.Milliseconds).Order().ToArray()), [.. all.Select(item => item.Late).Order()]);
    }
}
