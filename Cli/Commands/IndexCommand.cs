using System.CommandLine;
using Spectre.Console;
using Stickers.Cli.Terminal;
using Stickers.IndexBuilder;
using Stickers.SimilaritySearch;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers index</c> with <c>build</c>, <c>list</c> and <c>rollback</c></summary>
internal static class IndexCommand
{
    public static Command Create() => new("index", "Build, list and take back indexes over embeddings.")
    {
        CreateBuild(),
        CreateList(),
        CreateRollback(),
    };

    private static WorkCommand CreateBuild()
    {
        var catalogue = SharedOptions.CreateCatalogue();
        var model = SharedOptions.CreateModel();
        var space = new Option<string>("--space") { Description = "Which embedding: 'visual', 'semantic' or 'both'.", DefaultValueFactory = _ => "both" }
            .AcceptOnlyFromAmong("visual", "semantic", "both");
        var floor = new Option<double>("--recall-floor") { Description = "Smallest recall@10 against exact search that is published, 0 to 1.", HelpName = "share", DefaultValueFactory = _ => 0.95 };
        var keep = new Option<bool>("--no-publish") { Description = "Keep the version without serving it." };
        floor.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and <= 1)) result.AddError("--recall-floor must be from 0 to 1.");
        });
        return new WorkCommand("build", "Build an index over embeddings, verify it, and publish it.")
        {
            Options = { catalogue, model, space, floor, keep },
            Examples =
            [
                ("stickers index build --catalogue clipart", "Builds and publishes the visual and the semantic index."),
                ("stickers index build --catalogue clipart --space visual --no-publish", "Builds one index and leaves what is served alone."),
            ],
            Resume = "Run the same command again.",
        }.Does(async (parse, session) =>
        {
            var store = session.OpenStore();
            var version = await ModelChoice.ResolveAsync(store, parse.GetValue(model), session.Cancellation);
            var made = new List<IndexSummary>();
            foreach (var each in SpacesOf(parse.GetRequiredValue(space)))
            {
                var options = new IndexBuildOptions
                {
                    Space = each,
                    Model = version,
                    Catalogue = parse.GetRequiredValue(catalogue),
                    RecallFloor = parse.GetValue(floor),
                    Publish = !parse.GetValue(keep),
                };
                made.Add(await session.Screen.WatchAsync(progress => IndexBuild.RunAsync(store, options, progress, session.Cancellation)));
            }

            Show(session.Screen, made);
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
        var space = new Option<EmbeddingSpace>("--space") { Description = "Which index: 'visual' or 'semantic'.", Required = true }
            .AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "visual", "semantic");
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

    private static string NameOf(EmbeddingSpace space) => space.ToString().ToLowerInvariant();

    private static EmbeddingSpace[] SpacesOf(string name) =>
        name == "both" ? [EmbeddingSpace.Visual, EmbeddingSpace.Semantic] : [Enum.Parse<EmbeddingSpace>(name, ignoreCase: true)];

    private static void Show(Screen screen, List<IndexSummary> made)
    {
        if (screen.Json)
        {
            Screen.WriteJson(made);
            return;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("Space").AddColumn("Version").AddColumn(new TableColumn("Vectors").RightAligned()).AddColumn("Kind").AddColumn(new TableColumn("recall@10").RightAligned()).AddColumn("State");
        foreach (var index in made)
        {
            table.AddRow(
                NameOf(index.Space), index.Version, $"{index.Count:N0}", Markup.Escape($"{index.Factory}: {index.Reason}"), $"{index.RecallAt10:0.000}",
                (index.AlreadyBuilt ? "was there, " : "") + (index.Published ? "published" : "kept"));
        }

        screen.Out.Write(table);
    }
}
