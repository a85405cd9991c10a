using System.CommandLine;
using Stickers.Catalogue;
using Stickers.Tagger.Backfilling;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers backfill</c></summary>
internal static class BackfillCommand
{
    public static Command Create()
    {
        var command = PredictionCommand.Create(
            "backfill",
            "Suggest tags for every sticker of a catalogue that has no usable ones.",
            "suggestions",
            "chooses and writes",
            async target =>
            {
                var job = await BackfillJob.OpenAsync(target.Store, new BackfillOptions { Model = target.Model, Catalogue = target.Catalogue }, target.Cancellation);
                return (job, job.Folder);
            },
            async target => (await SuggestionSet.TryOpenAsync(target.Store, target.Model, target.Catalogue, target.Cancellation))!.Manifest,
            made => $"{made.Read:N0} stickers without usable tags = {made.Tagged:N0} with suggestions + {made.WithoutSuggestion:N0} without + {made.Quarantined:N0} unreadable; "
                + $"{made.Rows:N0} suggestions in suggestions/{made.Model}/{made.Catalogue}.");
        foreach (var step in BackfillPlanCommands.Create()) command.Add(step);
        return command;
    }
}
