using System.CommandLine;
using Spectre.Console;
using Stickers.Catalogue;
using Stickers.Cli.Terminal;
using Stickers.Pipeline;
using Stickers.Tagger.Backfilling;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers backfill</c></summary>
internal static class BackfillCommand
{
    public static Command Create()
    {
        var catalogue = SharedOptions.CreateCatalogue();
        var model = SharedOptions.CreateModel();
        var running = JobOptions.ForPredictions();
        var command = new WorkCommand("backfill", "Suggest tags for every sticker of a catalogue that has no usable ones.")
        {
            Options = { catalogue, model },
            Examples =
            [
                ("stickers backfill --catalogue clipart", "Writes suggestions/<model>/clipart under the root."),
                ("stickers backfill --catalogue clipart --update", "After an import that added stickers: only new or changed parts of the catalogue go through the network."),
                ("stickers backfill --catalogue clipart --on mpirun --preprocess 4 --main 2 --postprocess 1", "The same in seven processes: four decode, two run the network, one chooses and writes."),
            ],
            Resume = "Run the same command again: it goes on after the last finished shard.",
        }.Does(async (parse, session) =>
        {
            if (!JobRunner.IsRank && await running.Launch.LaunchAsync(parse, session)) return;
            var store = session.OpenStore();
            var version = await ModelChoice.ResolveAsync(store, parse.GetValue(model), session.Cancellation);
            var job = await BackfillJob.OpenAsync(store, new BackfillOptions { Model = version, Catalogue = parse.GetRequiredValue(catalogue) }, session.Cancellation);
            if (await running.RunAsync(job, store, running.Read(parse, job.Folder), parse, session) is not { } report) return;
            Show(session.Screen, report, (await SuggestionSet.TryOpenAsync(store, version, parse.GetRequiredValue(catalogue), session.Cancellation))!.Manifest);
        });
        foreach (var option in running.All) command.Add(option);
        foreach (var step in BackfillPlanCommands.Create()) command.Add(step);
        return command;
    }

    private static void Show(Screen screen, JobReport report, SuggestionManifest made)
    {
        if (screen.Json)
        {
            Screen.WriteJson(made);
            return;
        }

        if (report.ShardsDone > 0) screen.Out.Write(StageTable.Of(report));
        screen.Out.WriteLine(
            $"{made.Read:N0} stickers without usable tags = {made.Tagged:N0} with suggestions + {made.WithoutSuggestion:N0} without + {made.Quarantined:N0} unreadable; "
            + $"{made.Rows:N0} suggestions in suggestions/{made.Model}/{made.Catalogue}.");
    }
}
