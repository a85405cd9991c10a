using System.Numerics.Tensors;

namespace Stickers.Tagger.Backfilling;

/// <summary>One prediction for all frames of an animation.</summary>
public static class FramePool
{
    /// <summary>
    /// The weighted mean of the probabilities, and that of the vectors brought back to unit length. A single frame is returned as it
    /// is. Vectors that cancel each other have no mean direction: the first frame's then stands for all.
    /// </summary>
    /// <param name="frames">At least one, all of one model.</param>
    /// <param name="shares">How much of the animation each stands for, as many; they add up to 1.</param>
    public static Prediction Pool(IReadOnlyList<Prediction> frames, IReadOnlyList<float> shares)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentNullException.ThrowIfNull(shares);
        if (shares.Count != frames.Count)
            throw new ArgumentException($"{frames.Count} frames have {shares.Count} shares.", nameof(shares));
        ArgumentOutOfRangeException.ThrowIfZero(frames.Count, nameof(frames));
        if (frames.Count == 1)
            return frames[0];
        return new Prediction(Sum(frames.Select(frame => frame.Scores), shares), Direction([.. frames.Select(frame => frame.Visual)], shares), Direction([.. frames.Select(frame => frame.Semantic)], shares));
    }

    private static float[] Direction(float[][] vectors, IReadOnlyList<float> shares)
    {
        var sum = Sum(vectors, shares);
        var length = TensorPrimitives.Norm(sum);
        if (length < 1e-6f)
            return vectors[0];
        TensorPrimitives.Divide(sum, length, sum);
        return sum;
    }

    private static float[] Sum(IEnumerable<float[]> rows, IReadOnlyList<float> shares)
    {
        float[]? sum = null;
        foreach (var (row, share) in rows.Zip(shares))
        {
            sum ??= new float[row.Length];
            TensorPrimitives.MultiplyAdd(row, share, sum, sum);
        }
        return sum!;
    }
}
