using System.Diagnostics;
using System.Globalization;
using MpiNet;

namespace Stickers.Bench;

/// <summary>Mpi.NET against a C program over the same MPI, compiled here; both in turn, several times, so that a busy moment hits both.</summary>
internal static class MpiBenchmark
{
    private const int Runs = 5;

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("mpi-bench-").FullName;
        try
        {
            var peer = Path.Combine(folder, "peer");
            await ExecuteAsync(new ProcessStartInfo("mpicc", ["-O3", "-o", peer, Path.Combine(AppContext.BaseDirectory, "native", "mpi_peer.c")]));

            var inC = new Dictionary<string, List<double>>();
            var inNet = new Dictionary<string, List<double>>();
            for (var run = 0; run < Runs; run++)
            {
                Collect(inC, await ExecuteAsync(TwoRanks(peer)));
                Collect(inNet, await ExecuteAsync(TwoRanks("dotnet", Path.Combine(AppContext.BaseDirectory, "Stickers.Bench.dll"), MpiRank.Word)));
            }

            Console.WriteLine($"{Mpi.LibraryVersion.Split(',')[0]}, 2 ranks on this machine; median of {Runs} runs, each the best of its rounds. Rate = C's time / Mpi.NET's.");
            var allreduce = Row("allreduce of 45 MB float, in place", inC["allreduce"], inNet["allreduce"], "ms", 1e3);
            Row("  against C that also goes in pieces of 4 MB", inC["allreduce-pieces"], inNet["allreduce"], "ms", 1e3);
            Row("message of 8 bytes, one way", inC["message-8B"], inNet["message-8B"], "us", 1e6);
            Row("message of 1 MiB, one way", inC["message-1MB"], inNet["message-1MB"], "us", 1e6);
            Console.WriteLine(allreduce >= 0.9 ? "allreduce: at least 90 % of C's rate" : "allreduce: BELOW 90 % of C's rate");
            return allreduce >= 0.9 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Row(string what, List<double> c, List<double> net, string unit, double scale)
    {
        var rate = Median(c) / Median(net);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-46} C {Median(c) * scale,8:F2} {unit}   Mpi.NET {Median(net) * scale,8:F2} {unit}   rate {rate:F2}"));
        return rate;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static void Collect(Dictionary<string, List<double>> into, string output)
    {
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = line.Split(' ');
            if (!into.TryGetValue(words[0], out var values)) into[words[0]] = values = [];
            values.Add(double.Parse(words[1], CultureInfo.InvariantCulture));
        }
    }

    private static ProcessStartInfo TwoRanks(params string[] program)
    {
        var start = new ProcessStartInfo("mpirun", ["-n", "2", "--oversubscribe", .. program]);
        start.Environment["TERM"] = "dumb";
        if (Environment.IsPrivilegedProcess)
        {
            start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
            start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        }

        return start;
    }

    private static async Task<string> ExecuteAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}.");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{start.FileName} {string.Join(' ', start.ArgumentList)} did not end within 2 minutes.");
        }
    }
}
