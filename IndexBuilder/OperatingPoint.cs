using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder;

/// <summary>Chooses the number of lists to visit from the measured curve of recall over lists. A pure function.</summary>
internal static class OperatingPoint
{
    /// <summary>Recall that twice as many lists must add, or they are not worth twice the time.</summary>
    public const double WorthDoubling = 0.01;

    /// <summary>
    /// The fewest lists that find what is wanted. Where none do, the knee of the curve: the fewest lists that reach the floor and beyond which no doubling adds a hundredth. Where none
    /// reach the floor, the most.
    /// </summary>
    /// <param name="curve">Measured, by ascending number of lists; at least one point.</param>
    /// <param name="wanted">Recall from which on more lists are not asked for, 0 to 1.</param>
    /// <param name="floor">Recall below which nothing is published, 0 to 1.</param>
    public static RecallPoint Choose(IReadOnlyList<RecallPoint> curve, double wanted, double floor)
    {
        ArgumentOutOfRangeException.ThrowIfZero(curve.Count, nameof(curve));
        if (curve.FirstOrDefault(point => point.RecallAt10 >= wanted) is { } enough)
            return enough;
        for (var i = 0; i < curve.Count; i++)
        {
            if (curve[i].RecallAt10 >= floor && Enumerable.Range(i + 1, curve.Count - i - 1).All(later => Gain(curve[i], curve[later]) < WorthDoubling))
                return curve[i];
        }

        return curve[^1];
    }

    /// <summary>Recall that each doubling between two points adds.</summary>
    private static double Gain(RecallPoint from, RecallPoint to) => (to.RecallAt10 - from.RecallAt10) / Math.Log2((double)to.NProbe / from.NProbe);
}
