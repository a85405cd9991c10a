namespace Stickers.Tagger.Evaluating;

/// <summary>What is found when every item with at least this score is taken.</summary>
/// <param name="Score">The threshold.</param>
/// <param name="Taken">Items at or above it, at least 1.</param>
/// <param name="TruePositives">Positives among them.</param>
public readonly record struct ThresholdPoint(float Score, int Taken, int TruePositives)
{
    /// <summary>Share of the taken that is right, 0 to 1.</summary>
    public double Precision => (double)TruePositives / Taken;
}

/// <summary>Precision and recall over all thresholds of a ranking.</summary>
public static class PrecisionRecallCurve
{
    /// <summary>Number of recall steps of <see cref="Interpolate"/>: 0, 0.01 … 1.</summary>
    public const int RecallSteps = 101;

    /// <summary>One point for each distinct score, highest first; the last one takes everything.</summary>
    /// <exception cref="ArgumentException">The lengths differ or a score is NaN.</exception>
    public static IReadOnlyList<ThresholdPoint> Of(ReadOnlySpan<float> scores, ReadOnlySpan<bool> truth)
    {
        if (scores.Length != truth.Length)
            throw new ArgumentException($"{scores.Length} scores, but {truth.Length} truths: both must have one for each item.");
        var sorted = scores.ToArray();
        var positive = truth.ToArray();
        Array.Sort(sorted, positive);   // ascending; NaN sorts first
        if (sorted.Length > 0 && float.IsNaN(sorted[0]))
            throw new ArgumentException("A score is NaN: such an item has no place in a ranking.");

        var points = new List<ThresholdPoint>();
        var found = 0;
        for (var i = sorted.Length - 1; i >= 0; i--)
        {
            if (positive[i])
                found++;
            if (i == 0 || sorted[i - 1] != sorted[i])
                points.Add(new ThresholdPoint(sorted[i], sorted.Length - i, found));
        }
        return points;
    }

    /// <summary>
    /// The best precision at recall 0, 0.01 … 1 or beyond (the usual interpolation, for drawing and for averaging curves);
    /// <see cref="RecallSteps"/> values, never rising. All 0 when nothing is positive.
    /// </summary>
    public static double[] Interpolate(IReadOnlyList<ThresholdPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var curve = new double[RecallSteps];
        var positives = points.Count == 0 ? 0 : points[^1].TruePositives;
        if (positives == 0)
            return curve;
        var best = 0.0;
        var step = RecallSteps - 1;
        for (var p = points.Count - 1; p >= 0; p--)
        {
            // Recall falls as p does: steps above this point's recall can no longer improve.
            while (step >= 0 && (long)step * positives > (long)points[p].TruePositives * (RecallSteps - 1))
                curve[step--] = best;
            best = Math.Max(best, points[p].Precision);
        }
        while (step >= 0)
            curve[step--] = best;
        return curve;
    }
}
