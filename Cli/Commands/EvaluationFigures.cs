using Stickers.Catalogue;
using Stickers.Cli.Terminal;
using Stickers.Tagger.Evaluating;

namespace Stickers.Cli.Commands;

/// <summary>The figures of an evaluation that a person asks for first.</summary>
internal static class EvaluationFigures
{
    public static IReadOnlyList<FigureSection> Of(EvaluationReport report) => [Tagging(report), Neighbours(report)];

    private static FigureSection Tagging(EvaluationReport report)
    {
        var unseen = report.SplitBy == SplitBy.Creator ? "creators never learned from" : "concepts never learned from";
        var measured = $"{report.Counts.Measured:N0} stickers of {(report.SameSplitAsTraining ? unseen : "another split than the training's, perhaps learned from")}";
        var figures = report.Tagging
            .Select(system => new Figure($"mAP: {system.System}", Share(system.Map), $"{system.Tags} tags with at least {report.MinPositives} such stickers; micro {Share(system.MicroAveragePrecision)}"))
            .Append(new Figure("precision of accepted", Share(report.AcceptedPrecision.Value), Counted(report.AcceptedPrecision)))
            .Append(new Figure("recall of accepted", Share(report.AcceptedRecall.Value), Counted(report.AcceptedRecall)))
            .Append(new Figure("stickers with an accepted tag", Share(report.Coverage.Value), $"{report.Tags.Count(tag => tag.Threshold <= 1):N0} of {report.Tags.Count:N0} tags can be accepted, the others are only reviewed; {Counted(report.Coverage)}"))
            .Append(new Figure("calibration error", Quantity.Share(report.Reliability.ExpectedCalibrationError), $"mean distance of score and observed share; of single tags {Quantity.Share(report.TagCalibrationError)} on average"));
        return new FigureSection($"Tags, on {measured}", [.. figures]);
    }

    private static FigureSection Neighbours(EvaluationReport report)
    {
        var figures = new List<Figure>();
        foreach (var score in report.Neighbours)
        {
            if (score.At.FirstOrDefault(at => at.K == 10) is { } ten)
                figures.Add(new Figure($"precision@10: {score.Space}", Quantity.Share(ten.Precision), $"{score.Task}; {ten.Queries:N0} queries, {Quantity.Share(ten.AchievablePrecision)} could be reached"));
        }

        foreach (var view in report.Views) figures.Add(new Figure($"changed view finds original: {view.Space}", Share(view.First.Value), $"first among all; {Counted(view.First)}"));
        foreach (var text in report.Text)
        {
            if (text.AtFive is { } five) figures.Add(new Figure("text precision@5", Quantity.Share(five.Precision), $"{text.System}; {five.Queries:N0} tags"));
        }

        return new FigureSection("Neighbours, on the same stickers", figures);
    }

    private static string Share(double? share) => share is { } value ? Quantity.Share(value) : "–";

    private static string Counted(Proportion share) => $"{share.Hits:N0} of {share.Trials:N0}, 95 % interval {Quantity.Share(share.Low)} to {Quantity.Share(share.High)}";
}
