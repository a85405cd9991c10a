using Spectre.Console;
using Stickers.Cli.Terminal;
using Stickers.Pipeline;
using Stickers.Storage;

namespace Stickers.Cli.Commands;

/// <summary>What a command works on that runs a catalogue through a model.</summary>
internal sealed record PredictionTarget(ObjectStore Store, string Model, string Catalogue, CancellationToken Cancellation);

/// <summary>A command that runs a catalogue through a model by a job of three functions, here or elsewhere.</summary>
internal static class PredictionCommand
{
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does, for its help.</param>
    /// <param name="output">Folder below the root in which it writes, for its help.</param>
    /// <param name="last">What the last stage does, for its help.</param>
    /// <param name="open">Opens the job, and says where its output goes.</param>
    /// <param name="read">Reads the manifest of what stands there when the job is done.</param>
    /// <param name="sum">What the manifest says, as a sentence.</param>
    public static WorkCommand Create<TManifest>(
        string name,
        string description,
        string output,
        string last,
        Func<PredictionTarget, Task<(Job Job, string Folder)>> open,
        Func<PredictionTarget, Task<TManifest>> read,
        Func<TManifest, string> sum)
    {
        var catalogue = SharedOptions.CreateCatalogue();
        var model = SharedOptions.CreateModel();
        var running = JobOptions.ForPredictions();
        var command = new WorkCommand(name, description)
        {
            Options = { catalogue, model },
            Examples =
            [
                ($"stickers {name} --catalogue clipart", $"Writes {output}/<model>/clipart under the root."),
                ($"stickers {name} --catalogue clipart --update", "After an import that added stickers: only new or changed parts of the catalogue go through the network."),
                ($"stickers {name} --catalogue clipart --on mpirun --preprocess 4 --main 2 --postprocess 1", $"The same in seven processes: four decode, two run the network, one {last}."),
            ],
            Resume = "Run the same command again: it goes on after the last finished shard.",
        }.Does(async (parse, session) =>
        {
            if (!JobRunner.IsRank && await running.Launch.LaunchAsync(parse, session)) return;
            var store = session.OpenStore();
            var version = await ModelChoice.ResolveAsync(store, parse.GetValue(model), session.Cancellation);
            var target = new PredictionTarget(store, version, parse.GetRequiredValue(catalogue), session.Cancellation);
            var (job, folder) = await open(target);
            if (await running.RunAsync(job, store, running.Read(parse, folder), parse, session) is not { } report) return;
            var made = await read(target);
            if (session.Screen.Json)
            {
                Screen.WriteJson(made);
                return;
            }

            if (report.ShardsDone > 0) session.Screen.Out.Write(StageTable.Of(report));
            session.Screen.Out.WriteLine(sum(made));
        });
        foreach (var option in running.All) command.Add(option);
        return command;
    }
}
