using System.CommandLine;
using Stickers.Storage;

namespace Stickers.Cli;

/// <summary>Options that every command understands.</summary>
internal static class GlobalOptions
{
    public static Option<string> Root { get; } = new("--root")
    {
        Description = "Where catalogues, models and indexes lie: a folder, s3://bucket/prefix or hdfs://namenode:9870/folder.",
        HelpName = "root",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("STICKERS_ROOT") is { Length: > 0 } root ? root : "data",
    };

    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Write the result to standard output as JSON.",
        Recursive = true,
    };

    public static Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "When work fails, show where in the program.",
        Recursive = true,
    };

    static GlobalOptions() => Root.Validators.Add(result =>
    {
        if (ObjectStore.FaultOf(result.GetValueOrDefault<string>()) is { } fault) result.AddError($"--root: {fault}");
    });
}
