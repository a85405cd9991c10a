namespace Stickers.Tagger.Models;

/// <summary>From logits to probabilities by a rising curve, straight between its points and level beyond the first and the last.</summary>
/// <param name="Logits">Ascending.</param>
/// <param name="Probabilities">As many, ascending too, 0 to 1.</param>
public sealed record CalibrationCurve(IReadOnlyList<float> Logits, IReadOnlyList<float> Probabilities)
{
    /// <summary>Whether the points are a rising curve.</summary>
    internal bool IsValid =>
        Logits.Count > 0 && Logits.Count == Probabilities.Count && IsRising(Logits) && IsRising(Probabilities) && Probabilities[0] >= 0 && Probabilities[^1] <= 1;

    // Lists are slow to search.
    private readonly float[] _logits = [.. Logits];
    private readonly float[] _probabilities = [.. Probabilities];

    /// <summary>The probability of a logit.</summary>
    public float Probability(float logit)
    {
        var (logits, probabilities) = (_logits, _probabilities);
        if (logit <= logits[0]) return probabilities[0];
        if (logit >= logits[^1]) return probabilities[^1];
        var (low, high) = (0, logits.Length - 1);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (logits[middle] <= logit) low = middle;
            else high = middle;
        }

        return float.Lerp(probabilities[low], probabilities[high], (logit - logits[low]) / (logits[high] - logits[low]));
    }

    private static bool IsRising(IReadOnlyList<float> values)
    {
        for (var i = 1; i < values.Count; i++)
        {
            if (!(values[i] >= values[i - 1])) return false;
        }

        return true;
    }
}
