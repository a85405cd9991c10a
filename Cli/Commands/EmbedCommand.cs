using System.CommandLine;
using Spectre.Console;
using Stickers.Catalogue;
using Stickers.Cli.Terminal;
using Stickers.Pipeline;
using Stickers.Tagger.Backfilling;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers embed</c></summary>
internal static class EmbedCommand
{
    public static Command Create()
    {
        var catalogue = SharedOptions.CreateCatalogue();
        var model = SharedOptions.CreateModel();
        var running = JobOptions.ForPredictions();
        var command = new WorkCommand("embed", "Give every sticker of a catalogue its visual and its semantic vector.")
        {
            Options = { catalogue, model },
            Examples =
            [
                ("stickers embed --catalogue clipart", "Writes embeddings/<model>/clipart under the root."),
                ("stickers embed --catalogue clipart --on mpirun --preprocess 4 --main 2 --postprocess 1", "The same in seven processes: four decode, two run the network, one writes."),
            ],
            Resume = "Run the same command again: it goes on after the last finished shard.",
        }.Does(async (parse, session) =>
        {
            if (!JobRunner.IsRank && await running.Launch.LaunchAsync(parse, session)) return;
            var store = session.OpenStore();
            var version = await ModelChoice.ResolveAsync(store, parse.GetValue(model), session.Cancellation);
            var job = await EmbedJob.OpenAsync(store, new EmbedOptions { Model = version, Catalogue = parse.GetRequiredValue(catalogue) }, session.Cancellation);
            if (await running.RunAsync(job, store, running.Read(parse, job.Folder), parse, session) is not { } report) return;
            Show(session.Screen, report, (await EmbeddingSet.OpenAsync(store, version, parse.GetRequiredValue(catalogue), session.Cancellation)).Manifest);
        });
        foreach (var option in running.All) command.Add(option);
        return command;
    }

    private static void Show(Screen screen, JobReport report, EmbeddingManifest made)
    {
        if (screen.Json)
        {
            Screen.WriteJson(made);
            return;
        }

        if (report.ShardsDone > 0) screen.Out.Write(StageTable.Of(report));
        screen.Out.WriteLine(
            $"{made.Read:N0} stickers = {made.Written:N0} embedded + {made.Quarantined:N0} unreadable; visual vectors of {made.VisualDimension} and semantic "
            + $"vectors of {made.SemanticDimension} numbers in embeddings/{made.Model}/{made.Catalogue}.");
    }
}
