using System.CommandLine;
using Spectre.Console;
using Stickers.Catalogue;
using Stickers.Cli.Terminal;
using Stickers.Tagger.Backfilling;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers embed</c></summary>
internal static class EmbedCommand
{
    public static Command Create()
    {
        var catalogue = SharedOptions.CreateCatalogue();
        var model = SharedOptions.CreateModel();
        var replace = SharedOptions.CreateReplace("Make vectors anew that were made from another model or catalogue.");
        return new WorkCommand("embed", "Give every sticker of a catalogue its visual and its semantic vector.")
        {
            Options = { catalogue, model, replace },
            Examples = [("stickers embed --catalogue clipart", "Writes embeddings/<model>/clipart under the root.")],
            Resume = "Run the same command again: it goes on after the last finished part.",
        }.Does(async (parse, session) =>
        {
            var store = session.OpenStore();
            var options = new EmbedOptions
            {
                Model = await ModelChoice.ResolveAsync(store, parse.GetValue(model), session.Cancellation),
                Catalogue = parse.GetRequiredValue(catalogue),
                Replace = parse.GetValue(replace),
            };
            Show(session.Screen, await session.Screen.WatchAsync(progress => Embed.RunAsync(store, options, progress, session.Cancellation)));
        });
    }

    private static void Show(Screen screen, EmbeddingManifest made)
    {
        if (screen.Json) Screen.WriteJson(made);
        else
        {
            screen.Out.WriteLine(
                $"{made.Read:N0} stickers = {made.Written:N0} embedded + {made.Quarantined:N0} unreadable; visual vectors of {made.VisualDimension} and semantic "
                + $"vectors of {made.SemanticDimension} numbers in embeddings/{made.Model}/{made.Catalogue}.");
        }
    }
}
