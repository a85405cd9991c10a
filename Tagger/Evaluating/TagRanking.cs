namespace Stickers.Tagger.Evaluating;

/// <summary>How well scores of stickers x tags rank the stickers that carry each tag.</summary>
public sealed class TagRanking
{
    private readonly double?[] _averagePrecision;

    private TagRanking(double?[] averagePrecision, double? micro, double[] microCurve, double[] macroCurve)
        => (_averagePrecision, MicroAveragePrecision, MicroCurve, MacroCurve) = (averagePrecision, micro, microCurve, macroCurve);

    /// <summary>Average precision of each tag, null where no sticker carries it.</summary>
    public IReadOnlyList<double?> AveragePrecisions => _averagePrecision;

    /// <summary>Average precision over all (sticker, tag) pairs in one ranking, or null without any label.</summary>
    public double? MicroAveragePrecision { get; }

    /// <summary>Interpolated precision of all pairs at <see cref="PrecisionRecallCurve.RecallSteps"/> recalls.</summary>
    public IReadOnlyList<double> MicroCurve { get; }

    /// <summary>Mean over the measured tags of their interpolated precision at <see cref="PrecisionRecallCurve.RecallSteps"/> recalls.</summary>
    public IReadOnlyList<double> MacroCurve { get; }

    /// <summary>Measures a table of scores.</summary>
    /// <param name="truth">Which tags the stickers carry.</param>
    /// <param name="scores">Stickers x tags, row-major, as <see cref="TagTable.Cells"/>.</param>
    /// <param name="minPositives">Tags with fewer positives stay out of <see cref="MacroCurve"/>.</param>
    public static TagRanking Measure(TagTable truth, ReadOnlySpan<float> scores, int minPositives)
    {
        ArgumentNullException.ThrowIfNull(truth);
        if (scores.Length != truth.Cells.Length)
            throw new ArgumentException($"{scores.Length} scores for {truth.Stickers} stickers x {truth.Tags} tags.", nameof(scores));
        var averagePrecision = new double?[truth.Tags];
        var macroCurve = new double[PrecisionRecallCurve.RecallSteps];
        var inCurve = 0;
        var column = new float[truth.Stickers];
        for (var tag = 0; tag < truth.Tags; tag++)
        {
            for (var sticker = 0; sticker < column.Length; sticker++)
                column[sticker] = scores[sticker * truth.Tags + tag];
            var positive = truth.Column(tag);
            averagePrecision[tag] = AveragePrecision.Of(column, positive);
            if (truth.Positives(tag) < Math.Max(1, minPositives))
                continue;
            var curve = PrecisionRecallCurve.Interpolate(PrecisionRecallCurve.Of(column, positive));
            for (var step = 0; step < curve.Length; step++)
                macroCurve[step] += curve[step];
            inCurve++;
        }
        for (var step = 0; step < macroCurve.Length && inCurve > 0; step++)
            macroCurve[step] /= inCurve;
        var microCurve = PrecisionRecallCurve.Interpolate(PrecisionRecallCurve.Of(scores, truth.Cells));
        return new TagRanking(averagePrecision, AveragePrecision.Of(scores, truth.Cells), microCurve, macroCurve);
    }

    /// <summary>Mean average precision over the tags with at least so many positives, and how many tags those are.</summary>
    public (double? Mean, int Tags) MeanOver(TagTable truth, int minPositives)
    {
        ArgumentNullException.ThrowIfNull(truth);
        double sum = 0;
        var tags = 0;
        for (var tag = 0; tag < truth.Tags; tag++)
        {
            if (truth.Positives(tag) < minPositives || _averagePrecision[tag] is not { } value)
                continue;
            sum += value;
            tags++;
        }
        return (tags == 0 ? null : sum / tags, tags);
    }
}
