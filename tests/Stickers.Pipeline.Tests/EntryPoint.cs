using Stickers.Pipeline.Tests.Jobs;

namespace Stickers.Pipeline.Tests;

/// <summary>The tests, or a job in a process of its own that they have started.</summary>
internal static class EntryPoint
{
    public const string JobWord = "job";

    public static async Task<int> Main(string[] args) =>
        args is [JobWord, .. var rest] ? await JobProcess.RunAsync(rest) : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
