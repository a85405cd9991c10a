using System.Numerics.Tensors;

namespace Stickers.Tagger.Backfilling;

/// <summary>One prediction for all frames of an animation.</summary>
public static class FramePool
{
    /// <summary>
    /// The mean of the probabilities, and the mean of the vectors brought back to unit length. A single frame is returned as it
    /// is. Vectors that cancel each other have no mean direction: the first frame's then stands for all.
    /// </summary>
    /// <param name="frames">At least one, all of one model.</param>
    public static Prediction Pool(IReadOnlyList<Prediction> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentOutOfRangeException.ThrowIfZero(frames.Count, nameof(frames));
        if (frames.Count == 1)
            return frames[0];
        var scores = Sum(frames.Select(frame => frame.Scores));
        TensorPrimitives.Divide(scores, frames.Count, scores);
        return new Prediction(scores, Direction([.. frames.Select(frame => frame.Visual)]), Direction([.. frames.Select(frame => frame.Semantic)]));
    }

    private static float[] Direction(float[][] vectors)
    {
        var sum = Sum(vectors);
        var length = TensorPrimitives.Norm(sum);
        if (length < 1e-6f)
            return vectors[0];
        TensorPrimitives.Divide(sum, length, sum);
        return sum;
    }

    private static float[] Sum(IEnumerable<float[]> rows)
    {
        float[]? sum = null;
        foreach (var row in rows)
        {
            if (sum is null)
                sum = (float[])row.Clone();
            else
                TensorPrimitives.Add(sum, row, sum);
        }
        return sum!;
    }
}
