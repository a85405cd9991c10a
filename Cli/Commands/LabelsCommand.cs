using System.CommandLine;
using Spectre.Console;
using Stickers.Cli.Terminal;
using Stickers.Tagger.Labels;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers labels</c> with <c>check</c></summary>
internal static class LabelsCommand
{
    private const int Examples = 12;

    public static Command Create() => new("labels", "Look after creators' labels.") { CreateCheck() };

    private static WorkCommand CreateCheck()
    {
        var catalogue = SharedOptions.CreateCatalogue();
        var model = SharedOptions.CreateModel();
        var most = new Option<int>("--most") { Description = "Most labels of each kind to list.", HelpName = "count", DefaultValueFactory = _ => 200 };
        var plant = new Option<double>("--plant") { Description = "Measure the check instead: plant faults in this share of the stickers, in memory only, and say how many were found.", HelpName = "share" };
        var seed = new Option<int>("--seed") { Description = "Seed of what is planted.", HelpName = "number", DefaultValueFactory = _ => 1 };
        return new WorkCommand("check", "List labels that are likely wrong or missing, with a contact sheet; changes nothing. Needs embeddings.")
        {
            Options = { catalogue, model, most, plant, seed },
            Examples =
            [
                ("stickers labels check --catalogue market", "Writes labels/<model>/market/doubts.html, pictures to look at, and doubts.json."),
                ("stickers labels check --catalogue market --plant 0.05", "Says how many of the faults planted in 5 % of the stickers the check finds here."),
            ],
        }.Does(async (parse, session) =>
        {
            var store = session.OpenStore();
            var options = new LabelCheckOptions
            {
                Model = await ModelChoice.ResolveAsync(store, parse.GetValue(model), session.Cancellation),
                Catalogue = parse.GetRequiredValue(catalogue),
                Most = parse.GetValue(most),
                Plant = parse.GetValue(plant),
                Seed = parse.GetValue(seed),
            };
            var report = await session.Screen.WatchAsync(progress => LabelCheck.RunAsync(store, options, progress, session.Cancellation));
            if (session.Screen.Json) Screen.WriteJson(report);
            else Show(session.Screen, report);
        });
    }

    private static void Show(Screen screen, LabelReport report)
    {
        if (report is { PlantedWrong: { } wrong, PlantedMissing: { } missing })
        {
            screen.Out.Write(Planted("Wrong labels planted", wrong).ToTable());
            screen.Out.Write(Planted("Labels taken away", missing).ToTable());
            screen.Out.WriteLine("What was wrong before anything was planted counts as an error here: these are lower bounds.");
            return;
        }

        screen.Out.Write(List("Likely wrong", report.Wrong).ToTable());
        screen.Out.Write(List("Likely missing", report.Missing).ToTable());
        screen.Out.WriteLine($"{report.Labels:N0} labels of {report.Tags:N0} tags on {report.Stickers:N0} stickers checked; pictures in {LabelCheck.KeyOf(report.Model, report.Catalogue)}.html.");
    }

    private static FigureSection Planted(string title, IReadOnlyList<PlantedFigure> figures) => new(title,
        [.. figures.Select(figure => new Figure($"first {figure.Listed:N0} listed", $"precision {figure.Precision:0.00}", $"{figure.Found:N0} of {figure.Planted:N0} found, recall {figure.Recall:0.00}"))]);

    private static FigureSection List(string title, IReadOnlyList<LabelDoubt> doubts) => new($"{title}: the likeliest", [.. doubts.Take(Examples).Select(doubt =>
        new Figure(doubt.Key, doubt.Tag, $"on {doubt.Looks:0.00} of its neighbours, usually {doubt.Usual:0.00}; labelled {string.Join(", ", doubt.Labels)}"))]);
}
