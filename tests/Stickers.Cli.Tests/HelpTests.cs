namespace Stickers.Cli.Tests;

public sealed class HelpTests
{
    [Fact]
    public async Task Help_OfTheProgram_ListsEveryCommand()
    {
        var outcome = await StickersProcess.RunAsync("--help");
        Assert.Equal(0, outcome.Code);
        Assert.Empty(outcome.Error);
        foreach (var path in CommandPaths.All) Assert.Contains($"  {path.Split(' ')[0]} ", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(CommandPaths.Rows), MemberType = typeof(CommandPaths))]
    public async Task Help_OfEveryCommand_HasAnExampleOfItself(string path)
    {
        var outcome = await StickersProcess.RunAsync([.. path.Split(' '), "--help"]);
        Assert.Equal(0, outcome.Code);
        Assert.Empty(outcome.Error);
        Assert.StartsWith("Description:", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"stickers {path}", outcome.Output[outcome.Output.IndexOf("Example", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }
}
