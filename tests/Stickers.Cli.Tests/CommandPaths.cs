namespace Stickers.Cli.Tests;

/// <summary>Every command that does work.</summary>
internal static class CommandPaths
{
    public static IReadOnlyList<string> All { get; } =
        ["demo", "import", "catalogue show", "train", "evaluate", "tag", "backfill", "backfill plan", "backfill apply", "backfill rollback", "vocabulary build", "vocabulary add", "labels check", "embed", "index build", "index list", "index rollback", "similar", "serve", "run"];

    public static TheoryData<string> Rows => [.. All];
}
