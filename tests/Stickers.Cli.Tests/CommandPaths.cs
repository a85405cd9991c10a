namespace Stickers.Cli.Tests;

/// <summary>Every command that does work.</summary>
internal static class CommandPaths
{
    public static IReadOnlyList<string> All { get; } =
        ["demo", "import", "catalogue show", "train", "evaluate", "tag", "backfill", "embed", "index build", "index list", "index rollback", "similar", "serve", "run"];

    public static TheoryData<string> Rows => [.. All];
}
