using System.Globalization;

namespace Stickers.Cli.Launch.Nodes;

/// <summary>The nodes of a stage, as the leader's command line names them: <c>main=stickers-run-main-0-*2x4</c> is two nodes with four ranks each.</summary>
/// <param name="Stage">E.g. <c>main</c>.</param>
/// <param name="Prefix">What the nodes' names begin with; their number, from 0, follows.</param>
/// <param name="Nodes">How many.</param>
/// <param name="RanksPerNode">Ranks on each.</param>
internal sealed record NodeGroup(string Stage, string Prefix, int Nodes, int RanksPerNode)
{
    public IEnumerable<string> Names => Enumerable.Range(0, Nodes).Select(node => $"{Prefix}{node}");

    public static bool TryParse(string text, out NodeGroup group)
    {
        group = new NodeGroup("", "", 0, 0);
        if (text.Split('=') is not [{ Length: > 0 } stage, var rest] || rest.Split('*') is not [{ Length: > 0 } prefix, var shape] || shape.Split('x') is not [var nodes, var ranks]) return false;
        if (!TryNumber(nodes, out var n) || !TryNumber(ranks, out var r)) return false;
        group = new NodeGroup(stage, prefix, n, r);
        return true;
    }

    public override string ToString() => $"{Stage}={Prefix}*{Nodes}x{RanksPerNode}";

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and <= 10_000;
}
