namespace Stickers.Cli.Tests;

public sealed class FailedWorkTests
{
    [Theory]
    [InlineData("train --catalogue none --model m")]
    [InlineData("evaluate --catalogue none --model m")]
    [InlineData("backfill --catalogue none --model m")]
    [InlineData("embed --catalogue none --model m")]
    [InlineData("demo --source nowhere --no-serve")]
    [InlineData("catalogue show none")]
    [InlineData("index build --catalogue none --model m")]
    [InlineData("index rollback --space visual")]
    [InlineData("serve")]
    [InlineData("similar 42")]
    [InlineData("tag cat.png")]
    public async Task Command_OverAnEmptyStore_ExitsOneWithOneMessage(string line)
    {
        using var folder = new TemporaryFolder();
        var outcome = await StickersProcess.RunAsync([.. line.Split(' '), "--root", folder.Path]);
        Assert.Equal(1, outcome.Code);
        Assert.Empty(outcome.Output);
        Assert.StartsWith("stickers: ", outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
