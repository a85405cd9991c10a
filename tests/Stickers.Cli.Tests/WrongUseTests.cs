namespace Stickers.Cli.Tests;

public sealed class WrongUseTests
{
    [Theory]
    [InlineData("", "Required command")]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("tag", "Name at least one image")]
    [InlineData("tag cat.png --scores some", "some")]
    [InlineData("similar", "id|image")]
    [InlineData("similar cat.png --k 0", "from 1 to 1000")]
    [InlineData("similar cat.png --space both", "both")]
    [InlineData("demo --budget soon", "soon")]
    [InlineData("import --name x", "source")]
    [InlineData("import nowhere --name x", "'nowhere' does not exist")]
    [InlineData("catalogue", "Required command")]
    [InlineData("catalogue show x --top -1", "0 to 1000")]
    [InlineData("index build --catalogue x --recall-floor 2", "from 0 to 1")]
    [InlineData("index rollback", "--space")]
    [InlineData("train --catalogue x --model y --budget 10", "10m")]
    [InlineData("train --catalogue x --model y --min-support 0", "--min-support")]
    [InlineData("evaluate --catalogue x --part train", "train")]
    [InlineData("backfill", "--catalogue")]
    [InlineData("embed --catalogue", "--catalogue")]
    [InlineData("serve --url ftp://here", "ftp://here")]
    [InlineData("serve --root ftp://host/folder", "ftp://host/folder")]
    [InlineData("serve --otlp nowhere", "http://localhost:4317")]
    public async Task Program_UsedWrongly_ExitsTwoWithOneMessage(string line, string expected)
    {
        var outcome = await StickersProcess.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, outcome.Code);
        Assert.Empty(outcome.Output);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        Assert.Single(Messages(outcome));
        Assert.Contains("--help'", outcome.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Messages(Outcome outcome) => outcome.Error.Split('\n').Where(line => line.StartsWith("stickers: ", StringComparison.Ordinal));
}
