using System.Text.Json;

namespace Stickers.Cli.Tests;

public sealed class ReviewsExportTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task Export_OfReviews_WritesTheLastDecisionOnEachTagAsALine()
    {
        Keep("20260101T000000.0000000-0a", "Zoë", ("7", "cat", "accept"), ("8", "cat", "accept"));
        Keep("20260102T000000.0000000-0b", "Ann", ("7", "cat", "reject"), ("7", "pet", "accept"));
        var file = Path.Combine(_root.Path, "labels.jsonl");

        var outcome = await StickersProcess.RunAsync("reviews", "export", "--catalogue", "c", "--root", _root.Path, "--output", file);

        Assert.Equal(0, outcome.Code);
        Assert.Contains("2 accepted, 1 rejected", outcome.Error, StringComparison.Ordinal);
        var lines = File.ReadAllLines(file).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(
            ["8 p/8 cat accept Zoë", "7 p/7 cat reject Ann", "7 p/7 pet accept Ann"],
            lines.Select(line => string.Join(' ', new[] { "sticker", "key", "tag", "decision", "reviewer" }.Select(name => line.GetProperty(name).GetString()))));
        Assert.All(lines, line => Assert.Equal("m", line.GetProperty("model").GetString()));
        var printed = await StickersProcess.RunAsync("reviews", "export", "--catalogue", "c", "--root", _root.Path);
        Assert.Equal(File.ReadAllText(file), printed.Output);
    }

    [Fact]
    public async Task Export_OfNoReviews_WritesNothing()
    {
        var outcome = await StickersProcess.RunAsync("reviews", "export", "--catalogue", "c", "--root", _root.Path);
        Assert.Equal((0, ""), (outcome.Code, outcome.Output));
    }

    private void Keep(string name, string reviewer, params (string Sticker, string Tag, string Decision)[] decisions)
    {
        Directory.CreateDirectory(Path.Combine(_root.Path, "reviews/c"));
        File.WriteAllText(Path.Combine(_root.Path, $"reviews/c/{name}.json"), JsonSerializer.Serialize(new
        {
            formatVersion = 1,
            reviewedUtc = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            reviewer,
            model = "m",
            decisions = decisions.Select(decision => new { sticker = decision.Sticker, key = $"p/{decision.Sticker}", tag = decision.Tag, decision = decision.Decision }),
        }));
    }
}
