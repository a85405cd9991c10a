using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Stickers.Bench;

/// <summary>An edge between stages against bare TCP sockets that carry the same items, each end a process; in turn, several times.</summary>
internal static class EdgeBenchmark
{
    // Long enough that what compiles and connects at the start does not count.
    private const int Rounds = 3;

    public static async Task<int> RunAsync()
    {
        var good = true;
        foreach (var (ends, itemBytes, megabytes) in ((int, int, int)[])[(1, 50_000, 10_000), (1, 1_000, 4000), (2, 50_000, 20_000), (2, 1_000, 4000)])
        {
            var runs = new Dictionary<string, List<(double Rate, double Cpu)>>();
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var way in EdgeBenchmarkEnd.Ways)
                {
                    if (!runs.TryGetValue(way, out var list)) runs[way] = list = [];
                    list.Add(await RunOnceAsync(way, ends, itemBytes, megabytes));
                }
            }

            Console.WriteLine($"{ends} -> {ends}, items of {itemBytes} bytes, {megabytes} MB, median of {Rounds} runs in turn:");
            foreach (var (way, list) in runs)
            {
                var ratio = Median(list.Zip(runs[EdgeBenchmarkEnd.Bare], (mine, bare) => mine.Rate / bare.Rate));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {way,-24} {Median(list.Select(run => run.Rate)),7:F0} MB/s   {Median(list.Select(run => run.Cpu)),7:F2} us CPU per item   {ratio,5:F2} of the bare socket's rate"));
                if (way == EdgeBenchmarkEnd.Tcp && itemBytes == 50_000 && ratio < 0.7) good = false;
            }
        }

        Console.WriteLine(good ? "edge over TCP, 50 KB: at least 70 % of a bare socket" : "edge over TCP, 50 KB: BELOW 70 % of a bare socket");
        return good ? 0 : 1;
    }

    private static async Task<(double Rate, double Cpu)> RunOnceAsync(string way, int ends, int itemBytes, int megabytes)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var token = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        var items = (long)megabytes * 1_000_000 / itemBytes / ends / ends;
        var processes = new List<Process>();
        try
        {
            var addresses = new List<string>();
            for (var receiver = 0; receiver < ends; receiver++)
            {
                processes.Add(Start("receive", way, receiver, ends, itemBytes, items, token, []));
                addresses.Add(await ReadAsync(processes[^1], limit.Token));
            }

            for (var sender = 0; sender < ends; sender++) processes.Add(Start("send", way, sender, ends, itemBytes, items, token, addresses));
            var (seconds, cpu) = (0.0, 0.0);
            foreach (var process in processes)
            {
                var words = (await ReadAsync(process, limit.Token)).Split(' ');
                seconds = Math.Max(seconds, double.Parse(words[0], CultureInfo.InvariantCulture));
                cpu += double.Parse(words[1], CultureInfo.InvariantCulture);
                await process.WaitForExitAsync(limit.Token);
            }

            var all = items * ends * ends;
            return (all * itemBytes / seconds / 1e6, cpu / all * 1e6);
        }
        finally
        {
            foreach (var process in processes)
            {
                if (!process.HasExited) process.Kill();
                process.Dispose();
            }
        }
    }

    private static Process Start(string role, string way, int index, int ends, int itemBytes, long items, string token, IEnumerable<string> addresses) =>
        Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Stickers.Bench.dll"), EdgeBenchmarkEnd.Word, role, way, $"{index}", $"{ends}", $"{itemBytes}", $"{items}", token, .. addresses])
        {
            RedirectStandardOutput = true,
        })!;

    private static async Task<string> ReadAsync(Process process, CancellationToken cancellation) =>
        await process.StandardOutput.ReadLineAsync(cancellation) ?? throw new InvalidOperationException("An end of the benchmark ended early.");

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
