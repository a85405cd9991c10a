using System.Text.RegularExpressions;
using Stickers.Cli.Tests;

namespace Stickers.EndToEnd.Tests;

public sealed partial class KilledDemoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Demo_KilledAtRandomMoments_CompletesAndAddsUp()
    {
        var drawings = Path.Combine(_folder.Path, "drawings");
        DrawnStickers.Write(drawings);
        var root = Path.Combine(_folder.Path, "root");
        var commands = new CommandRunner(root);
        string[] demo = ["demo", "--source", drawings, "--budget", "8s", "--no-serve"];

        // Seeded, so that a failure can be had again; from the start of the import to the last steps.
        var random = new Random(20);
        for (var i = 0; i < 5; i++)
        {
            using var run = commands.Start(demo);
            await Task.Delay(TimeSpan.FromSeconds(0.3 + random.NextDouble() * 3 * (i + 1)), TestContext.Current.CancellationToken);
            if (!run.HasExited) run.Send("KILL");
            await run.WaitAsync();
        }

        var figures = await commands.JsonAsync(demo);
        Assert.Equal(DrawnStickers.Good, figures.GetProperty("catalogue").Number("written"));
        Assert.Equal(DrawnStickers.Broken, figures.GetProperty("catalogue").Number("quarantined"));
        Assert.Equal(DrawnStickers.Good, figures.GetProperty("embeddings").Number("written"));
        Assert.All(figures.GetProperty("indexes").EnumerateArray(), index => Assert.Equal(DrawnStickers.Good, index.Number("count")));

        var page = await File.ReadAllTextAsync(Path.Combine(root, "demo.html"), TestContext.Current.CancellationToken);
        Assert.InRange(Article().Count(page), 1, 12);
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_StoppedBySignal_SaysHowToGoOn()
    {
        var drawings = Path.Combine(_folder.Path, "drawings");
        DrawnStickers.Write(drawings);
        var commands = new CommandRunner(Path.Combine(_folder.Path, "root"));
        using var run = commands.Start("demo", "--source", drawings, "--budget", "5m", "--no-serve");
        await run.WaitForAsync("[2/7]");
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        run.Send("INT");
        var outcome = await run.WaitAsync();
        Assert.Equal(130, outcome.Code);
        Assert.Contains("stickers: stopped. Run the same command again", outcome.Error, StringComparison.Ordinal);
    }

    [GeneratedRegex("<article")]
    private static partial Regex Article();
}
