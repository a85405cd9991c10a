using System.CommandLine;
using Spectre.Console;
using Stickers.Cli.Terminal;
using Stickers.IndexBuilder;
using Stickers.SimilaritySearch;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers index</c>, and what it has besides building and updating</summary>
internal static class IndexCommand
{
    public static Command Create() => new("index", "Build, update, measure, publish, compare and take back indexes over embeddings.")
    {
        IndexBuildCommand.CreateBuild(),
        IndexBuildCommand.CreateUpdate(),
        CreateVerify(),
        CreatePublish(),
        CreateList(),
        CreateRollback(),
        IndexDiffCommand.Create(),
        CreatePrune(),
    };

    /// <summary>Which of the two spaces.</summary>
    public static Option<EmbeddingSpace> CreateSpace() => new Option<EmbeddingSpace>("--space") { Description = "Which index: 'visual' or 'semantic'.", Required = true }
        .AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "visual", "semantic");

    public static Option<double> CreateShare(string name, string description, double standard)
    {
        var option = new Option<double>(name) { Description = description, HelpName = "share", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and <= 1)) result.AddError($"{name} must be from 0 to 1.");
        });
        return option;
    }

    private static WorkCommand CreateVerify()
    {
        var space = CreateSpace();
        var version = new Option<string?>("--version") { Description = "Version to measure; else the one that is served.", HelpName = "version" };
        var queries = new Option<int>("--queries") { Description = "Number of queries, 1 to 100000.", HelpName = "count", DefaultValueFactory = _ => 500 };
        var floor = CreateShare("--recall-floor", "Recall@10 below which the command fails, 0 to 1.", 0.95);
        var candidates = SimilarCommand.CreateCandidates();
        queries.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 100_000) result.AddError("--queries must be from 1 to 100000.");
        });
        return new WorkCommand("verify", "Check the files of an index and measure its recall against exact search.")
        {
            Options = { space, version, queries, candidates, floor },
            Examples =
            [
                ("stickers index verify --space visual --queries 2000", "Says what share of the true neighbours the served index finds, and fails below the floor."),
                ("stickers index verify --space visual --candidates tags --recall-floor 0", "Says what share of them shares a tag with the query and is found by it."),
            ],
        }.Does(async (parse, session) =>
        {
            var store = session.OpenStore();
            var found = await session.Screen.WatchAsync(progress =>
                IndexVerification.RunAsync(store, parse.GetRequiredValue(space), parse.GetValue(version), parse.GetValue(queries), parse.GetValue(candidates), progress, session.Cancellation));
            if (session.Screen.Json) Screen.WriteJson(found);
            else
            {
                session.Screen.Out.WriteLine(
                    $"{NameOf(found.Space)} {found.Version}: files whole; recall@10 {found.RecallAt10:0.0000} (95 % interval {found.RecallLow:0.0000} to {found.RecallHigh:0.0000}) over {found.Queries:N0} queries, "
                    + $"self-recall {found.SelfRecall:0.0000}; {found.MedianMilliseconds:0.00} ms a query, 99 % within {found.P99Milliseconds:0.00} ms.");
            }

            if (found.RecallAt10 < parse.GetValue(floor))
                throw new RecallTooLowException($"The {NameOf(found.Space)} index {found.Version} has recall@10 {found.RecallAt10:0.0000}, below the floor of {parse.GetValue(floor):0.0000}. Build it again, or serve another: stickers index rollback.");
        });
    }

    private static WorkCommand CreatePublish()
    {
        var space = CreateSpace();
        var version = new Option<string>("--version") { Description = "Version to serve.", HelpName = "version", Required = true };
        var floor = CreateShare("--recall-floor", "Smallest recall@10 that is published, 0 to 1.", 0.95);
        return new WorkCommand("publish", "Serve a version that was built with --no-publish, or that another publisher was faster than.")
        {
            Options = { space, version, floor },
            Examples = [("stickers index publish --space visual --version 0123456789ab", "Checks all files, then serves that version.")],
        }.Does(async (parse, session) =>
        {
            var served = await IndexCatalogue.PublishAsync(session.OpenStore(), parse.GetRequiredValue(space), parse.GetRequiredValue(version), parse.GetValue(floor), session.Cancellation);
            if (session.Screen.Json) Screen.WriteJson(served);
            else session.Screen.Out.WriteLine($"{NameOf(parse.GetRequiredValue(space))}: version {served.Version} is served from now on.");
        });
    }

    private static WorkCommand CreatePrune()
    {
        var space = CreateSpace();
        var keep = new Option<int>("--keep") { Description = "Versions to keep beside the served one, those that were served last.", HelpName = "count", DefaultValueFactory = _ => 2 };
        var unserved = new Option<bool>("--unserved") { Description = "Delete versions too that were never served." };
        var unfinished = new Option<bool>("--unfinished") { Description = "Delete unfinished versions too; not while another machine is building." };
        var dry = new Option<bool>("--dry-run") { Description = "Only say what would be deleted." };
        keep.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0) result.AddError("--keep must be 0 or more.");
        });
        return new WorkCommand("prune", "Delete old versions of an index.")
        {
            Options = { space, keep, unserved, unfinished, dry },
            Examples = [("stickers index prune --space visual --keep 1 --dry-run", "Says what would go if only the served version and the one before it stayed.")],
        }.Does(async (parse, session) =>
        {
            var options = new IndexPruneOptions
            {
                Space = parse.GetRequiredValue(space),
                Keep = parse.GetValue(keep),
                Unserved = parse.GetValue(unserved),
                Unfinished = parse.GetValue(unfinished),
                DryRun = parse.GetValue(dry),
            };
            var pruned = await IndexPrune.RunAsync(session.OpenStore(), options, session.Cancellation);
            if (session.Screen.Json)
            {
                Screen.WriteJson(new { options.Space, options.DryRun, Versions = pruned });
                return;
            }

            foreach (var version in pruned) session.Screen.Out.WriteLine($"{version.Version}  {version.Bytes / 1e6:N1} MB");
            session.Screen.Out.WriteLine($"{NameOf(options.Space)}: {pruned.Count} versions {(options.DryRun ? "would be" : "were")} deleted, {pruned.Sum(version => version.Bytes) / 1e6:N1} MB.");
        });
    }


    private static WorkCommand CreateList() => new WorkCommand("list", "List all versions of both indexes, and which are served.")
    {
        Examples = [("stickers index list", "Shows versions, what they were made of, and what is wrong with any.")],
    }.Does(async (_, session) =>
    {
        var store = session.OpenStore();
        var versions = new List<(EmbeddingSpace Space, IndexVersion Version)>();
        foreach (var space in Enum.GetValues<EmbeddingSpace>())
        {
            foreach (var version in await IndexCatalogue.ListAsync(store, space, session.Cancellation)) versions.Add((space, version));
        }

        ShowVersions(session.Screen, versions);
    });

    private static WorkCommand CreateRollback()
    {
        var space = CreateSpace();
        var to = new Option<string?>("--to") { Description = "Version to serve; else the one that was published before the served one.", HelpName = "version" };
        return new WorkCommand("rollback", "Serve an earlier version of an index again.")
        {
            Options = { space, to },
            Examples = [("stickers index rollback --space visual", "Serves what was published before; servers take it up when they start.")],
        }.Does(async (parse, session) =>
        {
            var served = await IndexCatalogue.RollbackAsync(session.OpenStore(), parse.GetRequiredValue(space), parse.GetValue(to), session.Cancellation);
            if (session.Screen.Json) Screen.WriteJson(served);
            else session.Screen.Out.WriteLine($"{NameOf(parse.GetRequiredValue(space))}: version {served.Version} is served from now on.");
        });
    }

    private static void ShowVersions(Screen screen, List<(EmbeddingSpace Space, IndexVersion Version)> versions)
    {
        if (screen.Json)
        {
            Screen.WriteJson(versions.Select(found => new { found.Space, found.Version.Version, found.Version.Current, found.Version.LastServedUtc, found.Version.Problem, found.Version.Manifest }));
            return;
        }

        if (versions.Count == 0)
        {
            screen.Out.WriteLine("There is no index yet: build one with 'stickers index build'.");
            return;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("Space").AddColumn("Version").AddColumn("State").AddColumn(new TableColumn("Vectors").RightAligned()).AddColumn("Model").AddColumn("Catalogue").AddColumn("Last served");
        foreach (var (space, version) in versions)
        {
            table.AddRow(
                NameOf(space), Markup.Escape(version.Version), Markup.Escape(version.Current ? "served" : version.Problem ?? ""), $"{version.Manifest?.Count:N0}",
                Markup.Escape(version.Manifest?.Model ?? ""), Markup.Escape(version.Manifest?.Catalogue ?? ""), $"{version.LastServedUtc:yyyy-MM-dd HH:mm}");
        }

        screen.Out.Write(table);
    }

    public static string NameOf(EmbeddingSpace space) => space.ToString().ToLowerInvariant();
}
