using System.CommandLine;
using Spectre.Console;
using Stickers.Catalogue;
using Stickers.Cli.Terminal;
using Stickers.Tagger.Backfilling;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers backfill</c></summary>
internal static class BackfillCommand
{
    public static Command Create()
    {
        var catalogue = SharedOptions.CreateCatalogue();
        var model = SharedOptions.CreateModel();
        var replace = SharedOptions.CreateReplace("Make suggestions anew that were made from another model or catalogue.");
        return new WorkCommand("backfill", "Suggest tags for every sticker of a catalogue that has no usable ones.")
        {
            Options = { catalogue, model, replace },
            Examples = [("stickers backfill --catalogue clipart", "Writes suggestions/<model>/clipart under the root.")],
            Resume = "Run the same command again: it goes on after the last finished part.",
        }.Does(async (parse, session) =>
        {
            var store = session.OpenStore();
            var options = new BackfillOptions
            {
                Model = await ModelChoice.ResolveAsync(store, parse.GetValue(model), session.Cancellation),
                Catalogue = parse.GetRequiredValue(catalogue),
                Replace = parse.GetValue(replace),
            };
            Show(session.Screen, await session.Screen.WatchAsync(progress => Backfill.RunAsync(store, options, progress, session.Cancellation)));
        });
    }

    private static void Show(Screen screen, SuggestionManifest made)
    {
        if (screen.Json) Screen.WriteJson(made);
        else
        {
            screen.Out.WriteLine(
                $"{made.Read:N0} stickers without usable tags = {made.Tagged:N0} with suggestions + {made.WithoutSuggestion:N0} without + {made.Quarantined:N0} unreadable; "
                + $"{made.Rows:N0} suggestions in suggestions/{made.Model}/{made.Catalogue}.");
        }
    }
}
