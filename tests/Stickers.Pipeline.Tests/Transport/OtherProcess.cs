using System.Diagnostics;

namespace Stickers.Pipeline.Tests.Transport;

/// <summary>This very test program in a process of its own, running one explicit test.</summary>
internal static class OtherProcess
{
    public static Process Start(Type tests, string method, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(tests.Assembly.Location);
        foreach (var argument in (string[])["-explicit", "only", "-method", $"{tests.FullName}.{method}"]) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        // A full pipe would stop it.
        process.BeginOutputReadLine();
        return process;
    }
}
