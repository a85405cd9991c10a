using System.CommandLine;
using System.CommandLine.Help;
using Stickers.Cli.Commands;

namespace Stickers.Cli;

/// <summary>The whole command line: what stands where, and what wrong use looks like.</summary>
internal static class StickersProgram
{
    /// <summary>How this program is started: its path, or dotnet and the path of its assembly.</summary>
    public static IReadOnlyList<string> Invocation { get; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "stickers.dll")]
        : [Environment.ProcessPath!];

    public static async Task<int> RunAsync(string[] args)
    {
        using var signals = new StopSignals();
        var parse = CreateRoot().Parse(args);
        if (parse.Errors.Count > 0 && parse.Action is not HelpWithExamples)
        {
            foreach (var message in MessagesOf(parse)) await Console.Error.WriteLineAsync($"stickers: {message}");
            await Console.Error.WriteLineAsync($"See '{PathOf(parse.CommandResult)} --help'.");
            return ExitCode.WrongUse;
        }

        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await parse.InvokeAsync(configuration, signals.Token);
    }

    private static RootCommand CreateRoot()
    {
        var root = new RootCommand("Stickers learns from creators' tags, tags the stickers that have none, and finds stickers that look alike or mean the same.")
        {
            GlobalOptions.Root,
            GlobalOptions.Json,
            GlobalOptions.Verbose,
        };
        foreach (var command in Commands()) root.Add(command);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        return root;
    }

    private static IEnumerable<Command> Commands() =>
    [
        DemoCommand.Create(),
        ImportCommand.Create(),
        CatalogueCommand.Create(),
        VocabularyCommand.Create(),
        LabelsCommand.Create(),
        TrainCommand.Create(),
        EvaluateCommand.Create(),
        TagCommand.Create(),
        BackfillCommand.Create(),
        EmbedCommand.Create(),
        IndexCommand.Create(),
        SimilarCommand.Create(),
        DuplicatesCommand.Create(),
        ServeCommand.Create(),
        KeysCommand.Create(),
        ReviewsCommand.Create(),
        RunCommand.Create(),
        NodeCommand.Create(),
    ];

    /// <summary>A word that is no command is the fault; that a command is missing follows from it.</summary>
    private static IEnumerable<string> MessagesOf(ParseResult parse)
    {
        var messages = parse.Errors.Select(error => error.Message.ReplaceLineEndings(" ")).Distinct();
        return parse.UnmatchedTokens.Count > 0 ? messages.Where(message => parse.UnmatchedTokens.Any(message.Contains)) : messages;
    }

    private static string PathOf(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "stickers";
}
