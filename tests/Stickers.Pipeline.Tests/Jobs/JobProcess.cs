using System.Diagnostics;
using System.Globalization;
using Stickers.Storage;

namespace Stickers.Pipeline.Tests.Jobs;

/// <summary>A job in a process of its own, or in as many as mpirun starts: to be killed, and to be real ranks.</summary>
internal static class JobProcess
{
    /// <summary>The numbers, run by a group of ranks that has other work besides.</summary>
    public const string GroupWord = "group";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    /// <summary>Starts a job of numbers, or of rounds, in a store.</summary>
    /// <param name="root">The store.</param>
    /// <param name="kind">What <see cref="CreateJob"/> knows.</param>
    /// <param name="ranks">Under mpirun; 0 for a process of its own.</param>
    /// <param name="preprocess">Workers.</param>
    /// <param name="main">Workers.</param>
    /// <param name="postprocess">Workers.</param>
    public static Process Start(string root, string kind, int ranks, int preprocess, int main, int postprocess)
    {
        var start = new ProcessStartInfo(ranks == 0 ? "dotnet" : "mpirun") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        if (ranks > 0)
        {
            foreach (var word in (string[])["--oversubscribe", "-n", $"{ranks}", "dotnet"]) start.ArgumentList.Add(word);
            start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
            start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
            start.Environment["TERM"] = "dumb";
        }

        foreach (var word in (string[])[typeof(JobProcess).Assembly.Location, EntryPoint.JobWord, root, kind, $"{preprocess}", $"{main}", $"{postprocess}"]) start.ArgumentList.Add(word);
        return Process.Start(start)!;
    }

    /// <summary>Waits for the end; a job that hangs is killed and fails its test.</summary>
    public static async Task<(int Code, string Output, string Error)> EndAsync(this Process process)
    {
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', process.StartInfo.ArgumentList)} did not end within {Limit.TotalSeconds} s.");
        }
    }

    /// <summary>Skips the test where there is no mpirun; in continuous integration that is a failure.</summary>
    public static void RequireMpi()
    {
        if ((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "mpirun")))) return;
        const string Reason = "mpirun is not there: apt-get install openmpi-bin";
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", Reason);
        Assert.Skip(Reason);
    }

    /// <summary>The jobs by name; the same ones for the processes and for whoever compares with them.</summary>
    public static Job CreateJob(string kind) => kind switch
    {
        "numbers" => new NumberJob { Shards = 24, PerShard = 60, Bad = number => number % 13 == 5 },
        // Slow enough to be killed in the middle, wherever that is.
        "slow" => new NumberJob { Shards = 24, PerShard = 60, Bad = number => number % 13 == 5, On = (stage, number, context) => number % 6 == (int)stage ? Task.Delay(1, context.Cancellation) : Task.CompletedTask },
        "rounds" => new RoundJob(),
        "sleepy" => new SleepyJob(),
        _ when kind.StartsWith("throws ", StringComparison.Ordinal) => new NumberJob
        {
            Shards = 24,
            PerShard = 60,
            On = (stage, number, _) => number == 777 && stage.ToString() == kind[7..] ? throw new ArithmeticException("seven seven seven") : Task.CompletedTask,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such job."),
    };

    public static async Task<int> RunAsync(string[] args)
    {
        var numbers = Array.ConvertAll(args[2..], text => int.Parse(text, CultureInfo.InvariantCulture));
        var options = new RunOptions { Folder = "out", Preprocess = numbers[0], Main = numbers[1], Postprocess = numbers[2], QueueBytes = 1 << 20 };
        Console.WriteLine($"process {Environment.ProcessId}");
        var store = new LocalStore(args[0]);
        if (args[1] == GroupWord)
        {
            Console.WriteLine($"group of {JobRunner.RunAsGroup(async group =>
            {
                await group.RunAsync(CreateJob("numbers"), store, options.Folder);
                return group.Size;
            }, Fail)}");
            return 0;
        }

        var report = JobRunner.IsRank
            ? JobRunner.RunAsRank(CreateJob(args[1]), store, options, Fail)
            : await JobRunner.RunAsync(CreateJob(args[1]), store, options);
        Console.WriteLine($"peak {PeakMemory()}");
        if (report is not null) Console.WriteLine($"{report.Result.Read} = {report.Result.Written} + {report.Result.Quarantined}, {report.ShardsDone} shards");
        return 0;

        static int Fail(Exception fault)
        {
            Console.Error.WriteLine($"failed: {fault.Message}");
            return 1;
        }

        static long PeakMemory()
        {
            using var self = Process.GetCurrentProcess();
            return self.PeakWorkingSet64;
        }
    }
}
