using System.CommandLine;
using Spectre.Console;
using Stickers.Cli.Terminal;
using Stickers.IndexBuilder;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers index diff</c></summary>
internal static class IndexDiffCommand
{
    public static WorkCommand Create()
    {
        var space = IndexCommand.CreateSpace();
        var from = new Argument<string>("from") { Description = "One version." };
        var to = new Argument<string>("to") { Description = "The other." };
        return new WorkCommand("diff", "Say how two versions of an index differ: stickers, vectors, and whose neighbours moved.")
        {
            Arguments = { from, to },
            Options = { space },
            Examples = [("stickers index diff 0123456789ab ba9876543210 --space visual", "Shows what the second version has that the first one has not, and what moved.")],
        }.Does(async (parse, session) =>
        {
            var found = await IndexDifference.OfAsync(session.OpenStore(), parse.GetRequiredValue(space), parse.GetRequiredValue(from), parse.GetRequiredValue(to), session.Cancellation);
            if (session.Screen.Json) Screen.WriteJson(found);
            else Show(session.Screen, found);
        });
    }

    private static void Show(Screen screen, IndexDifference found)
    {
        screen.Out.WriteLine($"{IndexCommand.NameOf(found.Space)} {found.From} -> {found.To}: {found.Added:N0} added, {found.Removed:N0} removed, {found.Changed:N0} with another vector, {found.Same:N0} the same.");
        foreach (var setting in found.Settings) screen.Out.WriteLine($"  {setting.Field}: {setting.From} -> {setting.To}");
        screen.Out.WriteLine($"Neighbours of {found.Compared:N0} stickers that both have: {found.MeanKept:P1} are the same.");
        foreach (var sticker in found.Moved) screen.Out.WriteLine($"  {sticker.Kept} of 10 kept: {sticker.Key} ({sticker.Id})");
    }
}
