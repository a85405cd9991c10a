using System.CommandLine;
using Spectre.Console;
using Stickers.Catalogue;
using Stickers.Catalogue.Import;
using Stickers.Cli.Terminal;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers import</c></summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var sources = new Argument<string[]>("source")
        {
            Description = "Folders of images (with JSON Lines beside them, if any), folders with a catalogue.jsonl, such files themselves, or ZIP archives.",
            Arity = ArgumentArity.OneOrMore,
        };
        var name = new Option<string>("--name") { Description = "Name of the catalogue: letters, digits, '.', '_', '-'.", HelpName = "name", Required = true };
        var locale = new Option<string>("--locale") { Description = "Language taken from titles and tags that come in several, and assumed where none is named.", HelpName = "language", DefaultValueFactory = _ => "en" };
        var replace = SharedOptions.CreateReplace("Make the catalogue anew if there is one of that name.");
        var command = new WorkCommand("import", "Make a catalogue from image files and what is known of them.")
        {
            Arguments = { sources },
            Options = { name, locale, replace },
            Examples =
            [
                ("stickers import --name clipart /usr/share/openclipart", "Imports a folder of SVG drawings, with the tags in the files themselves."),
                ("stickers import --name market packs.zip more/ --locale ja", "Imports an archive and a folder as one catalogue, with Japanese tags."),
            ],
            Resume = "Run the same command again: it goes on behind the last 512 stickers that it finished.",
        };
        command.Validators.Add(result =>
        {
            foreach (var source in result.GetValue(sources) ?? [])
            {
                if (!Path.Exists(source)) result.AddError($"Source '{source}' does not exist.");
            }
        });
        return command.Does(async (parse, session) =>
        {
            var options = new CatalogueImportOptions
            {
                Name = parse.GetRequiredValue(name),
                Sources = parse.GetRequiredValue(sources),
                Locale = parse.GetRequiredValue(locale),
                Replace = parse.GetValue(replace),
            };
            var store = session.OpenStore();
            Show(session.Screen, await session.Screen.WatchAsync(progress => CatalogueImport.RunAsync(store, options, progress, session.Cancellation)));
        });
    }

    private static void Show(Screen screen, CatalogueManifest made)
    {
        if (screen.Json)
        {
            Screen.WriteJson(made);
            return;
        }

        screen.Out.WriteLine($"{made.Read:N0} files read = {made.Written:N0} stickers in catalogues/{made.Name} + {made.Quarantined:N0} in quarantine.");
        if (made.Quarantined > 0) screen.Out.WriteLine($"Why files are in quarantine: stickers catalogue show {made.Name}");
    }
}
