using Spectre.Console;
using Stickers.Pipeline;
using Stickers.Pipeline.Observing;

namespace Stickers.Cli.Terminal;

/// <summary>What each stage of a job did, so that anyone sees which one bounds it.</summary>
internal static class StageTable
{
    public static Table Of(JobReport report)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("Stage");
        foreach (var title in (string[])["Workers", "Items", "Busy", "Items/s busy", "Wait in", "Wait out"]) table.AddColumn(new TableColumn(title).RightAligned());
        table.AddColumn("");
        var bound = Bound(report.Stages);
        foreach (var stage in report.Stages)
        {
            table.AddRow(
                stage.Stage.ToString().ToLowerInvariant(),
                stage.Workers.ToString(),
                Quantity.Count(stage.Items),
                Quantity.Duration(stage.Busy),
                stage.Busy > TimeSpan.Zero ? Quantity.Rate(stage.Items / stage.Busy.TotalSeconds) : "",
                stage.WaitIn > TimeSpan.Zero ? Quantity.Duration(stage.WaitIn) : "",
                stage.WaitOut > TimeSpan.Zero ? Quantity.Duration(stage.WaitOut) : "",
                stage.Stage == bound ? "bounds the job" : "");
        }

        return table;
    }

    /// <summary>The stage whose workers are busiest in their own code.</summary>
    private static StageKind? Bound(IReadOnlyList<StageStatus> stages) =>
        stages.Where(stage => stage.Workers > 0).MaxBy(stage => stage.Busy / stage.Workers)?.Stage;
}
