using System.Diagnostics;

namespace Stickers.Storage.Tests;

/// <summary>Runs one explicit test of this very program in a process of its own, to be killed or confined.</summary>
internal static class ChildTest
{
    /// <param name="type">The class of the test.</param>
    /// <param name="method">The test.</param>
    /// <param name="environment">What it is told.</param>
    /// <param name="before">A command that runs the process, if any.</param>
    public static Process Start(Type type, string method, IReadOnlyDictionary<string, string> environment, params string[] before)
    {
        string[] command = [.. before, "dotnet", type.Assembly.Location, "-explicit", "only", "-noLogo", "-method", $"{type.FullName}.{method}"];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Waits for a process whose test must pass.</summary>
    public static async Task DemandPassAsync(Process process)
    {
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
    }
}
