using System.CommandLine;
using Spectre.Console;
using Stickers.Cli.Demo;
using Stickers.Cli.Terminal;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers demo</c></summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var budget = Duration.CreateOption("--budget", "Time for training, interrupted runs added up.", TimeSpan.FromMinutes(10));
        var source = new Option<string>("--source") { Description = "Folder of images to use instead of Debian's openclipart drawings.", HelpName = "folder", DefaultValueFactory = _ => DemoOptions.Openclipart };
        var noServe = new Option<bool>("--no-serve") { Description = "End after the summary instead of serving the API and its page." };
        var url = ServeCommand.CreateUrlOption();
        return new WorkCommand("demo", "Go the whole way on real drawings: import, train, evaluate, backfill, embed, index, demo.html, serve.")
        {
            Options = { budget, source, noServe, url },
            Examples =
            [
                ("stickers demo", "Everything with ten minutes of training, then serves the page until Ctrl-C."),
                ("stickers demo --budget 1h --root more --no-serve", "Trains longer, into a folder of its own, and ends."),
            ],
            Resume = "Run the same command again: it goes on where it was, with what is left of the training budget.",
        }.Does(async (parse, session) =>
        {
            var options = new DemoOptions { Source = parse.GetRequiredValue(source), Budget = parse.GetValue(budget).Time };
            if (!Directory.Exists(options.Source))
                throw new DirectoryNotFoundException($"There are no drawings in {options.Source}: install Debian's package openclipart-svg, or name a folder with --source.");
            var store = session.OpenStore();
            var figures = await new DemoRun(session, store, options).RunAsync();
            Show(session.Screen, figures, store.LocationOf(DemoRun.PageKey));
            if (parse.GetValue(noServe)) return;
            session.Screen.Say("serve: answering lookups with what was made");
            await ServeCommand.ServeAsync(session, parse.GetRequiredValue(url));
        });
    }

    private static void Show(Screen screen, DemoFigures figures, string page)
    {
        if (screen.Json)
        {
            Screen.WriteJson(figures with { Evaluation = figures.Evaluation with { Tags = [], Tagging = [.. figures.Evaluation.Tagging.Select(system => system with { MacroCurve = [], MicroCurve = [] })] } });
            return;
        }

        foreach (var section in figures.Sections()) screen.Out.Write(section.ToTable());
        screen.Out.WriteLine($"See for yourself: {page} (opens in any browser), and how well it does in detail: models/{DemoOptions.Name}/report.html beside it.");
    }
}
