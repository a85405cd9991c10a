namespace Stickers.Tagger.Evaluating;

/// <summary>Scores of one range and how often they were right.</summary>
/// <param name="From">Lower end of the range, inclusive.</param>
/// <param name="To">Upper end, exclusive (the last range includes 1).</param>
/// <param name="Count">(sticker, tag) pairs with a score in the range.</param>
/// <param name="MeanScore">Mean score of those, or null without any.</param>
/// <param name="Labelled">Pairs among them whose tag the creator gave.</param>
public sealed record ReliabilityBin(double From, double To, long Count, double? MeanScore, long Labelled);

/// <summary>
/// Whether scores mean what they say: of the pairs scored 0.7, seven in ten should carry the tag. Creators leave tags out,
/// so the observed share is a lower bound of the true one.
/// </summary>
/// <param name="Bins">Ten ranges of equal width over 0 to 1.</param>
/// <param name="ExpectedCalibrationError">Mean of |mean score - observed share| weighted by the bins' counts, 0 to 1.</param>
public sealed record Reliability(IReadOnlyList<ReliabilityBin> Bins, double ExpectedCalibrationError)
{
    private const int BinCount = 10;

    /// <summary>Measures scores in 0 to 1 against truths.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a score is outside 0 to 1.</exception>
    public static Reliability Measure(ReadOnlySpan<float> scores, ReadOnlySpan<bool> truth)
    {
        if (scores.Length != truth.Length)
            throw new ArgumentException($"{scores.Length} scores, but {truth.Length} truths: both must have one for each pair.");
        var counts = new long[BinCount];
        var labelled = new long[BinCount];
        var sums = new double[BinCount];
        for (var i = 0; i < scores.Length; i++)
        {
            if (!(scores[i] >= 0 && scores[i] <= 1))
                throw new ArgumentException($"Score {i} is {scores[i]}; a probability lies between 0 and 1.", nameof(scores));
            var bin = Math.Min(BinCount - 1, (int)(scores[i] * BinCount));
            counts[bin]++;
            sums[bin] += scores[i];
            if (truth[i])
                labelled[bin]++;
        }
        double error = 0;
        var bins = new ReliabilityBin[BinCount];
        for (var bin = 0; bin < BinCount; bin++)
        {
            bins[bin] = new ReliabilityBin((double)bin / BinCount, (bin + 1.0) / BinCount, counts[bin], counts[bin] == 0 ? null : sums[bin] / counts[bin], labelled[bin]);
            error += scores.Length == 0 ? 0 : Math.Abs(sums[bin] - labelled[bin]) / scores.Length;
        }
        return new Reliability(bins, error);
    }
}
