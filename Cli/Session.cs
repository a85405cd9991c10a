using System.CommandLine;
using Stickers.Cli.Launch;
using Stickers.Cli.Terminal;
using Stickers.Storage;

namespace Stickers.Cli;

/// <summary>One run of a command: where its data lies and how it speaks.</summary>
internal sealed class Session
{
    private Session(ParseResult parse, CancellationToken cancellation)
    {
        Root = parse.GetRequiredValue(GlobalOptions.Root);
        Screen = new Screen(parse.GetValue(GlobalOptions.Json));
        Cancellation = cancellation;
    }

    /// <summary>The root as given.</summary>
    public string Root { get; }

    public Screen Screen { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>Opens the store; a folder is created when missing.</summary>
    public ObjectStore OpenStore() => ObjectStore.Open(Root);

    /// <summary>Runs the work and turns every way it can end into an exit code and at most one message.</summary>
    public static async Task<int> RunAsync(ParseResult parse, Func<ParseResult, Session, Task> work, string resume, CancellationToken cancellation)
    {
        var error = parse.InvocationConfiguration.Error;
        try
        {
            await work(parse, new Session(parse, cancellation));
            return ExitCode.Success;
        }
        catch (UsageException exception)
        {
            await error.WriteLineAsync($"stickers: {exception.Message}");
            return ExitCode.WrongUse;
        }
        catch (LaunchFailedException exception)
        {
            await error.WriteLineAsync($"stickers: {exception.Message}");
            return exception.Code;
        }
        catch (Exception exception) when (cancellation.IsCancellationRequested && IsCancellation(exception))
        {
            await error.WriteLineAsync($"stickers: stopped. {resume}");
            return ExitCode.Cancelled;
        }
        catch (Exception exception)
        {
            await error.WriteLineAsync($"stickers: {FailureMessage.Of(exception)}");
            if (parse.GetValue(GlobalOptions.Verbose)) await error.WriteLineAsync(exception.ToString());
            return ExitCode.Failure;
        }
    }

    private static bool IsCancellation(Exception exception) =>
        exception is OperationCanceledException || (exception is AggregateException many && many.InnerExceptions.All(IsCancellation));
}
