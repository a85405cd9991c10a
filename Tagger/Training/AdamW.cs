using System.Numerics;

namespace Stickers.Tagger.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019, algorithm 2) over one flat array, in one pass of all cores that memory bounds. The whole
/// state is two arrays and a step count, so that a checkpoint resumes exactly.
/// </summary>
/// <param name="decayMask">1 where weight decay applies, 0 elsewhere.</param>
internal sealed class AdamW(float[] decayMask)
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.99f;
    private const float Epsilon = 1e-8f;

    /// <summary>Running mean of the gradient.</summary>
    public float[] FirstMoment { get; } = new float[decayMask.Length];

    /// <summary>Running mean of the squared gradient.</summary>
    public float[] SecondMoment { get; } = new float[decayMask.Length];

    /// <summary>Updates the values in place.</summary>
    /// <param name="values">Parameters.</param>
    /// <param name="gradient">Their gradient; as many.</param>
    /// <param name="gradientScale">Multiplies the gradient first, e.g. to clip its norm.</param>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="weightDecay">Decoupled weight decay.</param>
    public void Step(Memory<float> values, ReadOnlyMemory<float> gradient, double gradientScale, long step, double rate, double weightDecay)
    {
        if (values.Length != decayMask.Length || gradient.Length != decayMask.Length)
            throw new ArgumentException($"{decayMask.Length} values and gradients expected, found {values.Length} and {gradient.Length}.", nameof(values));
        var scale = (float)gradientScale;
        var decay = (float)(rate * weightDecay);
        var stepSize = (float)(rate / (1 - Math.Pow(Beta1, step)));
        var correction = (float)(1 / (1 - Math.Pow(Beta2, step)));
        Chunks.ForEach(values.Length, (_, first, count) => Step(first, values.Span.Slice(first, count), gradient.Span.Slice(first, count), scale, decay, stepSize, correction));
    }

    /// <summary>Updates the values from <paramref name="start"/> on.</summary>
    private void Step(int start, Span<float> values, ReadOnlySpan<float> gradient, float scale, float decay, float stepSize, float correction)
    {
        Span<float> firsts = FirstMoment.AsSpan(start, values.Length), seconds = SecondMoment.AsSpan(start, values.Length);
        ReadOnlySpan<float> mask = decayMask.AsSpan(start, values.Length);
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var g = new Vector<float>(gradient[i..]) * scale;
            var first = (new Vector<float>(firsts[i..]) * Beta1) + (g * (1 - Beta1));
            var second = (new Vector<float>(seconds[i..]) * Beta2) + (g * g * (1 - Beta2));
            var value = new Vector<float>(values[i..]);
            value -= value * new Vector<float>(mask[i..]) * decay;
            value -= stepSize * first / (Vector.SquareRoot(second * correction) + new Vector<float>(Epsilon));
            first.CopyTo(firsts[i..]);
            second.CopyTo(seconds[i..]);
            value.CopyTo(values[i..]);
        }
        for (; i < values.Length; i++)
        {
            var g = gradient[i] * scale;
            firsts[i] = (firsts[i] * Beta1) + (g * (1 - Beta1));
            seconds[i] = (seconds[i] * Beta2) + (g * g * (1 - Beta2));
            values[i] -= values[i] * mask[i] * decay;
            values[i] -= stepSize * firsts[i] / (MathF.Sqrt(seconds[i] * correction) + Epsilon);
        }
    }
}
