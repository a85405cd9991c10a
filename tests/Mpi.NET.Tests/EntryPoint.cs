using MpiNet.Tests.Programs;

namespace MpiNet.Tests;

/// <summary>The tests, or one rank of a program that they have started.</summary>
internal static class EntryPoint
{
    public const string RankWord = "rank";

    public static async Task<int> Main(string[] args) => args is [RankWord, var program, ..]
        ? RankProgram.Run(program)
        : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
