namespace Stickers.Tagger.Evaluating;

/// <summary>
/// Average precision of a ranking: the sum over thresholds of (recall gained) x (precision there), without interpolation.
/// Items with equal scores enter together as one threshold, so the figure depends neither on the order of the items nor on
/// luck: a constant score gets exactly the share of positives. (The definition of scikit-learn's
/// <c>average_precision_score</c>, hence checkable from outside.)
/// </summary>
public static class AveragePrecision
{
    /// <summary>The average precision, 0 to 1, or null when nothing is positive.</summary>
    /// <param name="scores">Higher means more likely; no NaN.</param>
    /// <param name="truth">Whether the item is positive; as long as <paramref name="scores"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ or a score is NaN.</exception>
    public static double? Of(ReadOnlySpan<float> scores, ReadOnlySpan<bool> truth)
    {
        var thresholds = PrecisionRecallCurve.Of(scores, truth);
        var positives = thresholds.Count == 0 ? 0 : thresholds[^1].TruePositives;
        if (positives == 0)
            return null;
        double sum = 0;
        var before = 0;
        foreach (var point in thresholds)
        {
            sum += (double)(point.TruePositives - before) / positives * point.Precision;
            before = point.TruePositives;
        }
        return sum;
    }
}
