using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Stickers.ApiBench;

/// <summary>What came of a run.</summary>
/// <param name="Seconds">How long requests were begun.</param>
/// <param name="ByStatus">Latencies in milliseconds from when each request was due, sorted, by HTTP status; 0 for a broken connection.</param>
/// <param name="Late">Milliseconds by which requests were begun after they were due, for want of a free connection or of a core, sorted.</param>
/// <param name="Slept">Milliseconds by which threads that had slept until a request was due woke too late, sorted: the part of the former that no server can be blamed for.</param>
internal sealed record LoadResult(double Seconds, IReadOnlyDictionary<int, double[]> ByStatus, double[] Late, double[] Slept)
{
    /// <summary>Requests answered with 200 a second.</summary>
    public double Rate => Of(200).Length / Seconds;

    public double[] Of(int status) => ByStatus.TryGetValue(status, out var times) ? times : [];

    public static double Percentile(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];

    public override string ToString() => string.Join("; ", ByStatus.OrderBy(pair => pair.Key).Select(pair => string.Create(CultureInfo.InvariantCulture,
        $"{pair.Key}: {pair.Value.Length} ({pair.Value.Length / Seconds:0}/s), p50 {Percentile(pair.Value, 0.5):0.00} ms, p99 {Percentile(pair.Value, 0.99):0.00} ms, max {pair.Value.LastOrDefault():0.0} ms")))
        + string.Create(CultureInfo.InvariantCulture, $"; begun late by p50 {Percentile(Late, 0.5):0.00} ms, p99 {Percentile(Late, 0.99):0.00} ms; woken late by p99 {Percentile(Slept, 0.99):0.00} ms");
}

/// <summary>
/// Begins requests at their due times whatever became of earlier ones; a request that finds no free connection waits, and its wait counts. Each connection has a thread that sleeps and
/// blocks in the kernel: no pool, timer or hand-over stands between the time and the request, and the cores are left to the server.
/// </summary>
internal static partial class OpenLoop
{
    /// <summary>Runs a load.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="path">Paths of the requests.</param>
    /// <param name="rate">Requests a second; infinity begins one as soon as a connection is free (a closed loop).</param>
    /// <param name="connections">Connections.</param>
    /// <param name="time">How long requests are begun.</param>
    /// <param name="seen">Told the body of each answer with 200, in UTF-8, by several threads; may be null.</param>
    public static async Task<LoadResult> RunAsync(Uri server, RequestPath path, double rate, int connections, TimeSpan time, Action<ReadOnlySpan<byte>>? seen = null)
    {
        var (next, all, clock) = (-1, new List<Answered>(), new Stopwatch());
        // Connections are there before the load is, as a balancer's are.
        using var ready = new Barrier(connections, _ => clock.Start());
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Factory.StartNew(Ask, TaskCreationOptions.LongRunning)));
        // A closed loop begins requests until its threads end.
        var seconds = double.IsInfinity(rate) ? clock.Elapsed.TotalSeconds : time.TotalSeconds;
        return new LoadResult(
            seconds,
            all.GroupBy(item => item.Status).ToDictionary(group => group.Key, group => group.Select(item => item.Milliseconds).Order().ToArray()),
            [.. all.Select(item => item.Late).Order()],
            [.. all.Where(item => item.Slept).Select(item => item.Late).Order()]);

        void Ask()
        {
            var answered = new List<Answered>();
            HttpConnection? connection = HttpConnection.Open(server);
            ready.SignalAndWait();
            while (true)
            {
                var number = Interlocked.Increment(ref next);
                var due = double.IsInfinity(rate) ? clock.Elapsed : TimeSpan.FromSeconds(number / rate);
                if (due >= time)
                    break;
                var wait = due - clock.Elapsed;
                if (wait > TimeSpan.Zero)
                    _ = Sleep(new TimeToSleep(wait.Ticks / TimeSpan.TicksPerSecond, wait.Ticks % TimeSpan.TicksPerSecond * 100), 0);
                var (status, late) = (0, (clock.Elapsed - due).TotalMilliseconds);
                try
                {
                    connection ??= HttpConnection.Open(server);
                    status = connection.Get(path, number);
                    if (status == 200)
                        seen?.Invoke(connection.Body);
                }
                catch (IOException)
                {
                    connection?.Dispose();
                    connection = null;
                }

                answered.Add(new Answered(status, (clock.Elapsed - due).TotalMilliseconds, late, wait > TimeSpan.Zero));
            }

            connection?.Dispose();
            lock (all)
                all.AddRange(answered);
        }
    }

    /// <summary>Sleeps to within a tenth of a millisecond, which <see cref="Thread.Sleep(TimeSpan)"/> does not.</summary>
    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int Sleep(in TimeToSleep time, nint left);

    private readonly record struct Answered(int Status, double Milliseconds, double Late, bool Slept);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeToSleep(long Seconds, long Nanoseconds);
}
