using System.Text;

namespace Stickers.Pipeline.Running;

/// <summary>What went into each stage of a shard and what came out, as text.</summary>
internal static class CountTable
{
    public static string Of(ShardRun run)
    {
        var text = new StringBuilder($"  {"stage",-12}{"in",12}{"out",12}{"quarantined",12}");
        foreach (var stage in Enum.GetValues<StageKind>())
        {
            var at = (int)stage;
            var input = at == 0 ? "" : run.Out[at - 1].ToString();
            var output = stage == StageKind.Sink ? "" : run.Out[at].ToString();
            text.AppendLine().Append($"  {ShardRun.Name(stage),-12}{input,12}{output,12}{run.Refused[at],12}");
            if (at < 4 && !run.Ended[at]) text.Append("  (not ended)");
        }

        return text.ToString();
    }
}
