using System.CommandLine;

namespace Stickers.Cli.Commands;

/// <summary>What a rank says before it ends all others: there is no way back to the program's own handler.</summary>
internal static class RankFailure
{
    /// <summary>Tells people what went wrong.</summary>
    /// <returns>The exit code.</returns>
    public static int Tell(Exception fault, Session session, ParseResult parse)
    {
        var stopped = session.Cancellation.IsCancellationRequested;
        Console.Error.WriteLine(stopped ? "stickers: stopped." : $"stickers: {FailureMessage.Of(fault)}");
        if (!stopped && parse.GetValue(GlobalOptions.Verbose)) Console.Error.WriteLine(fault);
        return stopped ? ExitCode.Cancelled : fault is ArgumentException ? ExitCode.WrongUse : ExitCode.Failure;
    }
}
