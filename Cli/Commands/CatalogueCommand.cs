using System.CommandLine;
using Spectre.Console;
using Stickers.Catalogue;
using Stickers.Cli.Terminal;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers catalogue</c> with <c>show</c></summary>
internal static class CatalogueCommand
{
    private const int Examples = 10;
    private const int ExamplesInJson = 1000;

    public static Command Create() => new("catalogue", "Look at what a catalogue holds.") { CreateShow() };

    private static WorkCommand CreateShow()
    {
        var name = new Argument<string>("name") { Description = "Name of the catalogue." };
        var top = new Option<int>("--top") { Description = "How many tags and creators to list, 0 to 1000.", HelpName = "count", DefaultValueFactory = _ => 20 };
        top.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 1000) result.AddError("--top must be from 0 to 1000.");
        });
        return new WorkCommand("show", "Show counts, creators, tags, formats and problems of a catalogue.")
        {
            Arguments = { name },
            Options = { top },
            Examples = [("stickers catalogue show clipart", "Shows what the import made, and why files are in quarantine.")],
        }.Does(async (parse, session) =>
        {
            var catalogue = await StickerCatalogue.OpenAsync(session.OpenStore(), parse.GetRequiredValue(name), session.Cancellation);
            var statistics = await session.Screen.WatchAsync(progress => CatalogueStatistics.ComputeAsync(catalogue, parse.GetValue(top), progress, session.Cancellation));
            var problems = await catalogue.ReadQuarantineAsync(session.Cancellation).Take(session.Screen.Json ? ExamplesInJson : Examples).ToListAsync(session.Cancellation);
            if (session.Screen.Json) Screen.WriteJson(new { catalogue.Manifest, catalogue.ContentHash, statistics, problems });
            else Show(session.Screen, catalogue, statistics, problems);
        });
    }

    private static void Show(Screen screen, StickerCatalogue catalogue, CatalogueStatistics statistics, List<QuarantinedFile> problems)
    {
        screen.Out.Write(Counts(catalogue, statistics).ToTable());
        if (statistics.TopTags.Count > 0) screen.Out.Write(List("Most frequent tags", statistics.TopTags).ToTable());
        if (statistics.TopCreators.Count > 0) screen.Out.Write(List("Creators with the most stickers", statistics.TopCreators).ToTable());
        if (statistics.Quarantined == 0) return;
        screen.Out.Write(List("In quarantine", statistics.Faults).ToTable());
        foreach (var problem in problems) screen.Out.WriteLine($"  {problem.Source}: {problem.Reason}");
        if (statistics.Quarantined > problems.Count) screen.Out.WriteLine($"  and {statistics.Quarantined - problems.Count:N0} more; all are in catalogues/{catalogue.Name}/quarantine.parquet.");
    }

    private static FigureSection Counts(StickerCatalogue catalogue, CatalogueStatistics statistics) => new($"Catalogue {catalogue.Name}",
    [
        new("files read", $"{catalogue.Manifest.Read:N0}", $"= {catalogue.Manifest.Written:N0} stickers + {catalogue.Manifest.Quarantined:N0} in quarantine"),
        new("stickers", $"{statistics.Stickers:N0}", $"{statistics.Animated:N0} animated; sides of {statistics.SmallestSide} to {statistics.LargestSide} pixels"),
        new("packs", $"{statistics.Packs:N0}"),
        new("creators", $"{statistics.Creators:N0}", statistics.WithoutCreator == 0 ? "" : $"{statistics.WithoutCreator:N0} stickers name none"),
        new("tags", $"{statistics.CanonicalTags:N0}", $"in one spelling, of {statistics.RawTags:N0} as written; {statistics.FrequentTags:N0} are on 20 stickers or more"),
        new("tags per sticker", $"{statistics.TagsPerSticker:0.0}", $"{statistics.Untagged:N0} stickers have none, {statistics.WithoutUsableTag:N0} none of use"),
        new("formats", string.Join(", ", statistics.Formats.Select(format => format.Name)), string.Join(", ", statistics.Formats.Select(format => $"{format.Count:N0} {format.Name}"))),
        new("languages", string.Join(", ", statistics.Locales.Select(locale => locale.Name))),
        new("size", Quantity.Bytes(statistics.Bytes), string.Join(", ", catalogue.Manifest.Sources)),
    ]);

    private static FigureSection List(string title, IReadOnlyList<NameCount> counts) => new(title, [.. counts.Select(count => new Figure(count.Name, $"{count.Count:N0}"))]);
}
