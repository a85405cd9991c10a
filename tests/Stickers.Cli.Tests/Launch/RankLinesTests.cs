using Stickers.Cli.Launch;

namespace Stickers.Cli.Tests.Launch;

public sealed class RankLinesTests
{
    // Pieces of lines of three ranks as Open MPI 4.1 writes them, between them what mpirun itself says.
    private const string Said =
        "[1,0]<stdout>:begin\n[1,1]<stdout>:  [1,2]<stdout>:one line\n[1,1]<stdout>:two [x] [1,\n[1,0]<stderr>:\nmpirun speaks [1]\n[1,2]<stdout>:no end[1,0]<stdout>:nor [here";

    private static readonly string[] Lines = ["0:begin", "2:one line", "1:  two [x] [1,", "0:", "-:mpirun speaks [1]", "2:no end", "0:nor [here"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(1000)]
    public void Add_PiecesCutAnywhere_MakesEachRanksLinesWhole(int size)
    {
        var found = new List<string>();
        var lines = new RankLines((rank, line) => found.Add($"{rank?.ToString() ?? "-"}:{line}"));
        for (var at = 0; at < Said.Length; at += size) lines.Add(Said.AsSpan(at, Math.Min(size, Said.Length - at)));
        lines.Finish();
        Assert.Equal(Lines.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal(Lines[..5], found[..5]);
    }
}
