using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using Faiss;

namespace Stickers.Cli;

/// <summary>What <c>stickers --version</c> says: the program's version, and which Faiss it runs on.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var version = typeof(VersionAction).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Console.Out.WriteLine($"{version}\nFaiss {FaissOrNull(() => $"{FaissLibrary.Version}, {FaissLibrary.Variant} build{(FaissLibrary.Variant == "generic" ? " (scripts/build-faiss.sh makes a faster one)" : "")}") ?? "is not beside the program"}");
        return ExitCode.Success;
    }

    private static string? FaissOrNull(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (DllNotFoundException)
        {
            return null;
        }
    }
}
