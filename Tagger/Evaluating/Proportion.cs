namespace Stickers.Tagger.Evaluating;

/// <summary>A counted share with its 95 % Wilson score interval (Wilson 1927), which holds for small counts too.</summary>
/// <param name="Hits">Successes, 0 to <paramref name="Trials"/>.</param>
/// <param name="Trials">Trials; 0 means that nothing is known and the interval is 0 to 1.</param>
public readonly record struct Proportion(long Hits, long Trials)
{
    private const double Z = 1.959963984540054;

    /// <summary>Hits / Trials, or null without trials.</summary>
    public double? Value => Trials == 0 ? null : (double)Hits / Trials;

    /// <summary>Lower end of the interval, 0 to 1.</summary>
    public double Low => Math.Max(0, Bound(-1));

    /// <summary>Upper end of the interval, 0 to 1.</summary>
    public double High => Math.Min(1, Bound(+1));

    private double Bound(int side)
    {
        if (Trials == 0)
            return side < 0 ? 0 : 1;
        // At the ends the formula is exact only up to rounding: say the exact value.
        if (side < 0 && Hits == 0)
            return 0;
        if (side > 0 && Hits == Trials)
            return 1;
        double n = Trials, p = Hits / n, z2 = Z * Z;
        var centre = p + z2 / (2 * n);
        var spread = Z * Math.Sqrt(p * (1 - p) / n + z2 / (4 * n * n));
        return (centre + side * spread) / (1 + z2 / n);
    }
}
