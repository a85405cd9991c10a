using System.CommandLine;
using Spectre.Console;
using Stickers.Cli.Launch;
using Stickers.Cli.Terminal;
using Stickers.Pipeline;
using Stickers.Pipeline.Loading;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers run</c></summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var assembly = new Argument<string>("job.dll") { Description = "Assembly that holds the job." };
        var name = new Option<string?>("--job") { Description = "Name of the job; may be left out when the assembly has only one.", HelpName = "name" };
        var output = new Option<string?>("--output") { Description = "Folder below the root that the output goes to; jobs/<name> if left out.", HelpName = "folder" };
        var preprocess = Workers("--preprocess", "Workers for preprocess; with 0 it runs in the next stage's.");
        var main = Workers("--main", "Workers for main; with 0 it runs in the workers of preprocess.");
        var postprocess = Workers("--postprocess", "Workers for postprocess; with 0 it runs in the workers of main.");
        var threads = new Option<int>("--threads") { Description = "Threads of one process for its workers together; 0 for all cores.", HelpName = "n" };
        var device = new Option<string>("--device") { Description = "Where workers compute.", HelpName = "device", DefaultValueFactory = _ => "cpu" };
        var queue = new Option<int>("--queue-mb") { Description = "Most megabytes of items that wait before a stage in one process.", HelpName = "n", DefaultValueFactory = _ => 64 };
        var retry = new Option<string?>("--retry-failed") { Description = "Do the shards again that have items in quarantine, or only those with items of one error class.", HelpName = "class", Arity = ArgumentArity.ZeroOrOne };
        var replace = SharedOptions.CreateReplace("Make the output anew, whatever stands there.");
        var telemetry = new Option<Uri?>("--otlp") { Description = "Send metrics and traces to this OpenTelemetry collector (gRPC).", HelpName = "endpoint" };
        queue.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1 << 20) result.AddError("--queue-mb: expected 1 to 1048576.");
        });
        var launch = new LaunchOptions(preprocess, main, postprocess);
        var command = new WorkCommand("run", "Run a job of three functions that somebody has written, in one process or in many.")
        {
            Arguments = { assembly },
            Options = { name, output, preprocess, main, postprocess, threads, device, queue, retry, replace, telemetry },
            TreatUnmatchedTokensAsErrors = false,
            Examples =
            [
                ("stickers run Jobs.dll --job word-count --input texts/", "Runs a job; options that stickers does not know are the job's own and come after the assembly."),
                ("stickers run Jobs.dll --on mpirun --preprocess 4 --main 2 --postprocess 1", "Runs it in seven processes."),
                ("stickers run Jobs.dll --retry-failed Truncated", "Tries again what could not be done for one reason."),
            ],
            Resume = "Run the same command again: it goes on after the last finished shard.",
        }.Does(async (parse, session) =>
        {
            // The assembly lies in the image, or where the nodes see it: whether the job can be loaded is found out there.
            if (launch.IsForOtherMachines(parse) && await launch.LaunchAsync(parse, session)) return;
            var options = new RunOptions
            {
                Folder = "",
                Preprocess = parse.GetValue(preprocess),
                Main = parse.GetValue(main),
                Postprocess = parse.GetValue(postprocess),
                Threads = parse.GetValue(threads),
                Device = parse.GetRequiredValue(device),
                QueueBytes = (long)parse.GetValue(queue) << 20,
                Replace = parse.GetValue(replace),
                RetryFailed = parse.GetResult(retry) is { Implicit: false },
                RetryClass = parse.GetValue(retry),
            };
            Job job;
            try
            {
                job = JobAssembly.Load(parse.GetRequiredValue(assembly), parse.GetValue(name), parse.UnmatchedTokens);
                options = options with { Folder = parse.GetValue(output) ?? $"jobs/{job.Name}" };
                options.Check();
            }
            catch (Exception wrong) when (wrong is JobLoadException or ArgumentException)
            {
                throw new UsageException(wrong.Message);
            }

            if (!JobRunner.IsRank && await launch.LaunchAsync(parse, session)) return;
            using var exporting = Telemetry.Export(parse.GetValue(telemetry));
            var store = session.OpenStore();
            using var display = new StageDisplay(session.Screen.Error, live: !Console.IsErrorRedirected && !JobRunner.IsRank);
            var report = JobRunner.IsRank
                ? JobRunner.RunAsRank(job, store, options, fault => RankFailure.Tell(fault, session, parse), display, session.Cancellation)
                : await JobRunner.RunAsync(job, store, options, display, session.Cancellation);
            display.Dispose();
            if (report is not null) Show(session.Screen, report);
        });
        foreach (var option in launch.All) command.Add(option);
        return command;
    }

    private static Option<int> Workers(string name, string description)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "n", DefaultValueFactory = _ => 1 };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 100_000) result.AddError($"{name}: expected 0 to 100000.");
        });
        return option;
    }

    private static void Show(Screen screen, JobReport report)
    {
        var result = report.Result;
        if (screen.Json)
        {
            Screen.WriteJson(new { result.Folder, result.Shards, report.ShardsDone, result.Read, result.Written, result.Quarantined, result.Tallies, Seconds = report.Elapsed.TotalSeconds, report.Stages });
            return;
        }

        if (report.ShardsDone > 0) screen.Out.Write(StageTable.Of(report));
        screen.Out.WriteLine($"{result.Read:N0} items read = {result.Written:N0} written + {result.Quarantined:N0} in quarantine, in {result.Shards:N0} shards ({report.ShardsDone:N0} done now), {result.Folder}.");
    }
}
