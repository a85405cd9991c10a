using System.CommandLine;
using Spectre.Console;
using Stickers.Cli.Terminal;
using Stickers.IndexBuilder.Duplicates;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers duplicates</c></summary>
internal static class DuplicatesCommand
{
    public static Command Create()
    {
        var standard = new DuplicateOptions();
        var version = new Option<string?>("--version") { Description = "Version of the visual index; else the one that is served.", HelpName = "version" };
        var threshold = new Option<float>("--threshold") { Description = "Smallest cosine of two pictures that counts as the same, 0.5 to 1.", HelpName = "cosine", DefaultValueFactory = _ => standard.Threshold };
        var measure = new Option<bool>("--measure") { Description = "Only say how well each threshold finds the duplicates that the catalogue knows of." };
        threshold.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<float>() is not (>= 0.5f and <= 1)) result.AddError("--threshold must be from 0.5 to 1.");
        });
        return new WorkCommand("duplicates", "Find groups of near-identical stickers over the whole catalogue, with contact sheets.")
        {
            Options = { version, threshold, measure },
            Examples =
            [
                ("stickers duplicates", "Writes groups and pages with their pictures to duplicates/<version> under the root."),
                ("stickers duplicates --measure", "Helps to choose the threshold."),
            ],
        }.Does(async (parse, session) =>
        {
            var store = session.OpenStore();
            if (parse.GetValue(measure))
            {
                Show(session.Screen, await session.Screen.WatchAsync(progress => DuplicateMeasure.RunAsync(store, parse.GetValue(version), progress, session.Cancellation)));
                return;
            }

            var options = standard with { Version = parse.GetValue(version), Threshold = parse.GetValue(threshold) };
            var found = await session.Screen.WatchAsync(progress => DuplicateSearch.RunAsync(store, options, progress, session.Cancellation));
            if (session.Screen.Json)
            {
                Screen.WriteJson(found);
                return;
            }

            session.Screen.Out.WriteLine(
                $"{found.Stickers:N0} stickers: {found.Groups:N0} groups of look-alikes with {found.Members:N0} stickers, {found.AcrossCreators:N0} of them across creators; of {found.Pairs:N0} pairs {found.Recoloured:N0} are alike by their edges alone, recoloured.");
            if (found.Groups > 0) session.Screen.Out.WriteLine($"Pictures: {store.LocationOf($"duplicates/{found.Index}/page-00000.html")}");
        });
    }

    private static void Show(Screen screen, IReadOnlyList<DuplicatePoint> points)
    {
        if (screen.Json)
        {
            Screen.WriteJson(points);
            return;
        }

        var table = new Table { Border = TableBorder.Rounded };
        foreach (var name in (string[])["Threshold", "Pairs", "Known to be duplicates", "Of the known ones found", "Groups"]) table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var point in points) table.AddRow($"{point.Threshold:0.000}", $"{point.Pairs:N0}", $"{point.Precision:P1}", $"{point.Recall:P1}", $"{point.Groups:N0}");
        screen.Out.Write(table);
    }
}
