namespace Stickers.Tagger.Training;

/// <summary>What changes during a training, as pure functions of its progress: 0 at the start, 1 at the end.</summary>
internal static class TrainingSchedule
{
    private const double WarmUp = 0.05;

    /// <summary>Learning rate: linear warm-up, then a half cosine to zero (Loshchilov and Hutter 2017).</summary>
    public static double Rate(double progress, double peak)
    {
        progress = Math.Clamp(progress, 0, 1);
        return progress < WarmUp
            ? peak * (0.01 + (0.99 * progress / WarmUp))
            : peak * 0.5 * (1 + Math.Cos(Math.PI * (progress - WarmUp) / (1 - WarmUp)));
    }

    /// <summary>
    /// Side of the input: small pictures first, when many quick steps teach most, the full size at the end (progressive learning, Tan
    /// and Le 2021). A multiple of 16.
    /// </summary>
    public static int InputSide(double progress, int full) => progress switch
    {
        < 0.35 => Multiple(full / 2),
        < 0.65 => Multiple(full * 3 / 4),
        _ => full,
    };

    private static int Multiple(int side) => Math.Max(32, side / 16 * 16);
}
