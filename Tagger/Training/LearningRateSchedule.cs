namespace Stickers.Tagger.Training;

/// <summary>Linear warm-up, then a half cosine to zero (Loshchilov and Hutter 2017).</summary>
internal static class LearningRateSchedule
{
    private const double WarmUp = 0.05;

    /// <summary>The rate at a point of the training.</summary>
    /// <param name="progress">0 at the start, 1 at the end.</param>
    /// <param name="peak">Highest rate.</param>
    public static double Rate(double progress, double peak)
    {
        progress = Math.Clamp(progress, 0, 1);
        return progress < WarmUp
            ? peak * (0.01 + (0.99 * progress / WarmUp))
            : peak * 0.5 * (1 + Math.Cos(Math.PI * (progress - WarmUp) / (1 - WarmUp)));
    }
}
