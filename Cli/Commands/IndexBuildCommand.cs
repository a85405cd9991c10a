using System.CommandLine;
using Spectre.Console;
using Stickers.Catalogue;
using Stickers.Cli.Launch;
using Stickers.Cli.Terminal;
using Stickers.IndexBuilder;
using Stickers.Pipeline;
using Stickers.SimilaritySearch;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers index build</c> and <c>stickers index update</c></summary>
internal static class IndexBuildCommand
{
    public static WorkCommand CreateBuild()
    {
        var inputs = new InputOptions("Keep the version without serving it.");
        var main = new Option<int>("--main") { Description = "Processes that make the index' shards, with --on mpirun.", HelpName = "n", DefaultValueFactory = _ => 1 };
        // Reading and merging are the building process' own; those that are launched are told so.
        var (preprocess, postprocess) = (Nobody("--preprocess"), Nobody("--postprocess"));
        var launch = new LaunchOptions(preprocess, main, postprocess);
        var command = inputs.AddTo(new WorkCommand("build", "Build an index over embeddings, verify it, and publish it.")
        {
            Examples =
            [
                ("stickers index build --catalogue clipart", "Builds and publishes the visual and the semantic index."),
                ("stickers index build --catalogue clipart --space visual --memory 8GiB --milliseconds 5", "Plans for servers with 8 GiB and queries of 5 ms."),
                ("stickers index build --catalogue clipart --space visual --on mpirun --main 4", "The shards of a large index are made by four processes; the bytes are the same."),
            ],
            Resume = "Run the same command again: it goes on after the last finished shard.",
        }).Does(async (parse, session) =>
        {
            if (JobRunner.IsRank)
            {
                await inputs.HelpAsync(parse, session, parse.GetValue(main));
                return;
            }

            if (launch.IsForOtherMachines(parse)) throw new UsageException("index build: --on local or mpirun.");
            await inputs.RunAsync(parse, session, (store, options, progress) => IndexBuild.RunAsync(
                store, options with { Distribute = launch.IsLocal(parse) ? null : () => launch.LaunchAsync(parse, session) }, progress, session.Cancellation));
        });
        foreach (var option in (Option[])[preprocess, main, postprocess, .. launch.All]) command.Add(option);
        return command;

        static Option<int> Nobody(string name) => new(name) { Hidden = true, DefaultValueFactory = _ => 0 };
    }

    public static WorkCommand CreateUpdate()
    {
        var inputs = new InputOptions("Keep the version without serving it.");
        var from = new Option<string?>("--from") { Description = "Version to start from; else the one that is served.", HelpName = "version" };
        var compact = IndexCommand.CreateShare("--compact-at", "Share of vectors deleted and added from which the index is built whole instead.", 0.2);
        return inputs.AddTo(new WorkCommand("update", "Bring an index up to date with new embeddings by what was added, changed and deleted.")
        {
            Options = { from, compact },
            Examples = [("stickers index update --catalogue clipart", "Takes up what changed since the served versions were built, and publishes.")],
            Resume = "Run the same command again.",
        }).Does((parse, session) => inputs.RunAsync(parse, session, (store, options, progress) => IndexUpdate.RunAsync(
            store, new IndexUpdateOptions { Build = options, From = parse.GetValue(from), CompactAt = parse.GetValue(compact) }, progress, session.Cancellation)));
    }

    /// <summary>What both commands take.</summary>
    private sealed class InputOptions(string noPublish)
    {
        private readonly Option<string> _catalogue = SharedOptions.CreateCatalogue();
        private readonly Option<string?> _model = SharedOptions.CreateModel();
        private readonly Option<string> _space = new Option<string>("--space") { Description = "Which embedding: 'visual', 'semantic' or 'both'.", DefaultValueFactory = _ => "both" }
            .AcceptOnlyFromAmong("visual", "semantic", "both");
        private readonly Option<double> _floor = IndexCommand.CreateShare("--recall-floor", "Smallest recall@10 against exact search that is published, 0 to 1.", 0.95);
        private readonly Option<string> _memory = new("--memory") { Description = "Memory that a server may give the index, e.g. 8GiB.", HelpName = "size", DefaultValueFactory = _ => "16GiB" };
        private readonly Option<double> _milliseconds = new("--milliseconds") { Description = "Time that one query may take on one core.", HelpName = "ms", DefaultValueFactory = _ => 10 };
        private readonly Option<bool> _keep = new("--no-publish") { Description = noPublish };

        public WorkCommand AddTo(WorkCommand command)
        {
            _milliseconds.Validators.Add(result =>
            {
                if (!(result.GetValueOrDefault<double>() > 0)) result.AddError("--milliseconds must be above 0.");
            });
            _memory.Validators.Add(result =>
            {
                if (!Quantity.TryParseBytes(result.GetValueOrDefault<string>(), out _)) result.AddError("--memory: expected a size such as 512MiB or 8GiB.");
            });
            foreach (Option option in (Option[])[_catalogue, _model, _space, _floor, _memory, _milliseconds, _keep]) command.Add(option);
            return command;
        }

        /// <summary>Makes shards for the process that builds, as one of the ranks that it launched.</summary>
        public async Task HelpAsync(ParseResult parse, Session session, int ranks)
        {
            var store = session.OpenStore();
            foreach (var space in SpacesOf(parse.GetRequiredValue(_space)))
            {
                if (await IndexBuild.OpenShardsAsync(store, Read(parse, space, await ModelChoice.ResolveAsync(store, parse.GetValue(_model), session.Cancellation)), session.Cancellation) is not { } work) continue;
                var options = new RunOptions { Folder = work.Folder, Preprocess = 0, Main = ranks, Postprocess = 0 };
                JobRunner.RunAsRank(work.Job, store, options, fault => RankFailure.Tell(fault, session, parse), null, session.Cancellation);
                return;
            }

            throw new InvalidOperationException("No index waits for its shards: this process was started for nothing.");
        }

        public async Task RunAsync(ParseResult parse, Session session, Func<Stickers.Storage.ObjectStore, IndexBuildOptions, IProgress<JobProgress>, Task<IndexSummary>> work)
        {
            var store = session.OpenStore();
            var version = await ModelChoice.ResolveAsync(store, parse.GetValue(_model), session.Cancellation);
            var made = new List<IndexSummary>();
            foreach (var space in SpacesOf(parse.GetRequiredValue(_space)))
            {
                var options = Read(parse, space, version);
                made.Add(await session.Screen.WatchAsync(progress => work(store, options, progress)));
            }

            Show(session.Screen, made);
        }

        private IndexBuildOptions Read(ParseResult parse, EmbeddingSpace space, string model) => new()
        {
            Space = space,
            Model = model,
            Catalogue = parse.GetRequiredValue(_catalogue),
            RecallFloor = parse.GetValue(_floor),
            MemoryBytes = Quantity.TryParseBytes(parse.GetRequiredValue(_memory), out var memory) ? memory : throw new UsageException("--memory: expected a size such as 512MiB or 8GiB."),
            Milliseconds = parse.GetValue(_milliseconds),
            Publish = !parse.GetValue(_keep),
        };
    }

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
        table.AddColumn("Space").AddColumn("Version").AddColumn(new TableColumn("Vectors").RightAligned()).AddColumn("Kind")
            .AddColumn(new TableColumn("recall@10 (95 %)").RightAligned()).AddColumn("State");
        foreach (var index in made)
        {
            var kind = index.Base is null ? $"{index.Factory}: {index.Reason}" : $"{index.Base} - {index.Deleted:N0} + {index.Added:N0}";
            table.AddRow(
                IndexCommand.NameOf(index.Space), index.Version, $"{index.Count:N0}", Markup.Escape(kind), $"{index.RecallAt10:0.000} ({index.RecallLow:0.000} to {index.RecallHigh:0.000})",
                (index.AlreadyBuilt ? "was there, " : "") + (index.Published ? "published" : "kept"));
        }

        screen.Out.Write(table);
    }
}
