using System.CommandLine;
using Spectre.Console;
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
        var running = new JobOptions(preprocess: 1, main: 1, postprocess: 1, withDevice: true);
        var command = new WorkCommand("run", "Run a job of three functions that somebody has written, in one process or in many.")
        {
            Arguments = { assembly },
            Options = { name, output },
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
            if (running.Launch.IsForOtherMachines(parse) && await running.Launch.LaunchAsync(parse, session)) return;
            Job job;
            try
            {
                job = JobAssembly.Load(parse.GetRequiredValue(assembly), parse.GetValue(name), parse.UnmatchedTokens);
            }
            catch (JobLoadException wrong)
            {
                throw new UsageException(wrong.Message);
            }

            var options = running.Read(parse, parse.GetValue(output) ?? $"jobs/{job.Name}");
            if (!JobRunner.IsRank && await running.Launch.LaunchAsync(parse, session)) return;
            if (await running.RunAsync(job, session.OpenStore(), options, parse, session) is { } report) Show(session.Screen, report);
        });
        foreach (var option in running.All) command.Add(option);
        return command;
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
