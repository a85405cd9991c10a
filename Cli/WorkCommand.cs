using System.CommandLine;

namespace Stickers.Cli;

/// <summary>A command that does work: its help ends with examples, its failures become one message and an exit code.</summary>
internal sealed class WorkCommand(string name, string description) : Command(name, description)
{
    /// <summary>Command lines that help shows, each with what it does.</summary>
    public IReadOnlyList<(string Line, string Meaning)> Examples { get; init; } = [];

    /// <summary>How to go on after the command was stopped.</summary>
    public string Resume { get; init; } = "Run the same command again.";

    /// <summary>Sets what the command does.</summary>
    public WorkCommand Does(Func<ParseResult, Session, Task> work)
    {
        SetAction((parse, cancellation) => Session.RunAsync(parse, work, Resume, cancellation));
        return this;
    }
}
