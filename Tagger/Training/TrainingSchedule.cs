namespace Stickers.Tagger.Training;

/// <summary>What changes during a training, as pure functions of its progress: 0 at the start, 1 at the end.</summary>
internal static class TrainingSchedule
{
    private const double WarmUp = 0.05;

    /// <summary>Where the input grows to three quarters, and to its full side.</summary>
    private const double Medium = 0.35;
    private const double Full = 0.65;

    /// <summary>What a step costs beside its pixels, in pixels a sticker: 1,500, 1,160 and 885 stickers a second at 32, 48 and 64 pixels.</summary>
    private const double Overhead = 3400;

    /// <summary>
    /// The progress after some of a fixed number of steps: the share of their cost. Steps on small pictures are quick, so that many of them are half of a training's steps and a third
    /// of its time, exactly as when a time is given.
    /// </summary>
    /// <param name="step">Steps done.</param>
    /// <param name="steps">All steps, at least 1.</param>
    /// <param name="full">Full side of the input.</param>
    public static double Progress(double step, double steps, int full)
    {
        Span<double> ends = [Medium, Full, 1];
        Span<double> rates = stackalloc double[3]; // steps for each unit of progress
        double all = 0;
        for (var (phase, start) = (0, 0.0); phase < 3; start = ends[phase++])
        {
            rates[phase] = 1 / (Math.Pow(InputSide(start, full), 2) + Overhead);
            all += rates[phase] * (ends[phase] - start);
        }

        var done = step / steps * all;
        for (var (phase, start) = (0, 0.0); phase < 3; start = ends[phase++])
        {
            var length = rates[phase] * (ends[phase] - start);
            if (done < length) return start + (done / rates[phase]);
            done -= length;
        }

        return 1;
    }

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
        < Medium => Multiple(full / 2),
        < Full => Multiple(full * 3 / 4),
        _ => full,
    };

    private static int Multiple(int side) => Math.Max(32, side / 16 * 16);
}
