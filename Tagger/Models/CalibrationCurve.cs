namespace Stickers.Tagger.Models;

/// <summary>From logits to probabilities by a rising curve, straight between its points and level beyond the first and the last.</summary>
/// <param name="Logits">Ascending.</param>
/// <param name="Probabilities">As many, ascending too, 0 to 1.</param>
public sealed record CalibrationCurve(IReadOnlyList<float> Logits, IReadOnlyList<float> Probabilities)
{
    /// <summary>Whether the points are a rising curve.</summary>
    internal bool IsValid =>
        Logits.Count > 0 && Logits.Count == Probabilities.Count && IsRising(Logits) && IsRising(Probabilities) && Probabilities[0] >= 0 && Probabilities[^1] <= 1;

    /// <summary>The probability of a logit.</summary>
    public float Probability(float logit)
    {
        if (logit <= Logits[0]) return Probabilities[0];
        if (logit >= Logits[^1]) return Probabilities[^1];
        var (low, high) = (0, Logits.Count - 1);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (Logits[middle] <= logit) low = middle;
            else high = middle;
        }

        return float.Lerp(Probabilities[low], Probabilities[high], (logit - Logits[low]) / (Logits[high] - Logits[low]));
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
