namespace Stickers.Cli.Tests;

/// <summary>Every command that does work.</summary>
internal static class CommandPaths
{
    public static IReadOnlyList<string> All { get; } = ["train", "evaluate", "tag", "backfill", "embed", "similar", "serve"];

    public static TheoryData<string> Rows => [.. All];
}
