using System.Diagnostics;
using System.Globalization;
using Stickers.Pipeline;
using Stickers.Storage;

namespace Stickers.Bench;

/// <summary>What the framework costs beside a loop written by hand, and what a second decoding rank gives.</summary>
internal static class PipelineBenchmark
{
    /// <summary>First word of the process that is measured.</summary>
    public const string Word = "pipeline-run";

    private const int Rounds = 3;
    private const int Passes = 8;
    private const int Shards = 8;

    // As many as let the start of the ranks, which compile what they run, be a small part of it.
    private const int ManyShards = 480;

    public static Task<int> RunAsync() => WithFolderAsync(async folder =>
    {
        await PictureJob.PrepareAsync(new LocalStore(folder), Shards);
        return await OverheadAsync(folder) <= 1.10;
    });

    public static Task<int> RunRanksAsync() => WithFolderAsync(async folder =>
    {
        var (few, many) = (Path.Combine(folder, "few"), Path.Combine(folder, "many"));
        await PictureJob.PrepareAsync(new LocalStore(few), Shards);
        await PictureJob.PrepareAsync(new LocalStore(many), ManyShards);
        return await ScalingAsync(few, many) >= 1.8;
    });

    private static async Task<int> WithFolderAsync(Func<string, Task<bool>> measure)
    {
        var folder = Directory.CreateTempSubdirectory("stickers-bench-").FullName;
        try
        {
            return await measure(folder) ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The process that is measured: prints seconds and CPU seconds of its later passes, when nearly all is compiled.</summary>
    public static async Task<int> RunOneAsync(string[] args)
    {
        var store = new LocalStore(args[0]);
        var numbers = Array.ConvertAll(args[2..], text => int.Parse(text, CultureInfo.InvariantCulture));
        if (JobRunner.IsRank)
        {
            var options = new RunOptions { Folder = args[1], Preprocess = numbers[0], Main = numbers[1], Postprocess = numbers[2] };
            var report = JobRunner.RunAsRank(new PictureJob(), store, options, Fail);
            if (report is not null) Console.WriteLine($"{report.Elapsed.TotalSeconds} 0");
            return 0;
        }

        var (clock, cpu) = (0L, TimeSpan.Zero);
        for (var pass = 0; pass < Passes; pass++)
        {
            if (pass == Passes / 2) (clock, cpu) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
            if (numbers.Length == 0) await PictureJob.Loop(store, $"{args[1]}-{pass}");
            else await JobRunner.RunAsync(new PictureJob(), store, new RunOptions { Folder = $"{args[1]}-{pass}", Preprocess = numbers[0], Main = numbers[1], Postprocess = numbers[2] });
        }

        Console.WriteLine($"{Stopwatch.GetElapsedTime(clock).TotalSeconds} {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds}");
        return 0;

        static int Fail(Exception fault)
        {
            Console.Error.WriteLine(fault);
            return 1;
        }
    }

    private static async Task<double> OverheadAsync(string folder)
    {
        var ways = new Dictionary<string, int[]> { ["a loop by hand"] = [], ["one worker"] = [0, 1, 0], ["three workers"] = [1, 1, 1] };
        var runs = ways.Keys.ToDictionary(way => way, _ => new List<(double Seconds, double Cpu)>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (way, layout) in ways) runs[way].Add(await MeasureAsync(folder, $"o{round}{layout.Length}{layout.Sum()}", layout, ranks: 0));
        }

        Console.WriteLine($"decode and compute {Passes / 2 * Shards * PictureJob.ShardSize} pictures in one process, median of {Rounds} runs in turn:");
        foreach (var (way, list) in runs)
        {
            var hand = runs["a loop by hand"];
            Console.WriteLine($"  {way,-16} {Median(list.Select(run => run.Seconds)),6:F2} s, {Median(list.Select(run => run.Cpu)),6:F2} CPU s, {Median(list.Zip(hand, (mine, loop) => mine.Seconds / loop.Seconds)),5:F2} of the loop's time, {Median(list.Zip(hand, (mine, loop) => mine.Cpu / loop.Cpu)),5:F2} of its CPU");
        }

        return Median(runs["one worker"].Zip(runs["a loop by hand"], (mine, loop) => mine.Cpu / loop.Cpu));
    }

    private static async Task<double> ScalingAsync(string few, string many)
    {
        var (one, two, machine) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            one.Add((await MeasureAsync(many, $"s{round}-1", [1, 0, 0], ranks: 1)).Seconds);
            two.Add((await MeasureAsync(many, $"s{round}-2", [2, 0, 0], ranks: 2)).Seconds);
            var alone = (await MeasureAsync(few, $"l{round}", [], ranks: 0)).Seconds;
            var both = await Task.WhenAll(MeasureAsync(few, $"l{round}a", [], ranks: 0), MeasureAsync(few, $"l{round}b", [], ranks: 0));
            machine.Add(2 * alone / both.Average(loop => loop.Seconds));
        }

        var ratio = Median(one.Zip(two, (slow, fast) => slow / fast));
        Console.WriteLine($"{ManyShards * PictureJob.ShardSize} pictures by ranks under mpirun: one {Median(one):F2} s, two {Median(two):F2} s, {ratio:F2} times as fast; two loops by hand side by side do {Median(machine):F2} times the work of one");
        return ratio;
    }

    private static async Task<(double Seconds, double Cpu)> MeasureAsync(string folder, string output, int[] layout, int ranks)
    {
        string[] program = ["dotnet", Path.Combine(AppContext.BaseDirectory, "Stickers.Bench.dll"), Word, folder, output, .. layout.Select(number => $"{number}")];
        string[] line = ranks == 0 ? program : ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", $"{ranks}", .. program];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true };
        start.Environment["TERM"] = "dumb";
        using var process = Process.Start(start)!;
        var words = (await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The measured process ended early.")).Split(' ');
        await process.WaitForExitAsync();
        return (double.Parse(words[0], CultureInfo.InvariantCulture), double.Parse(words[1], CultureInfo.InvariantCulture));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
