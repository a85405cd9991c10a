using System.Numerics.Tensors;

namespace Stickers.Tagger.Training;

/// <summary>What one ghost batch of B stickers is compared with, row-major.</summary>
/// <param name="Own">B x D: memory of the same stickers.</param>
/// <param name="Known">B: 1 where there is one.</param>
/// <param name="Others">N x D: memory of other stickers.</param>
/// <param name="Masked">B x N: 0, or -10,000 where the other is a near duplicate or the sticker itself.</param>
internal sealed record VisualComparison(float[] Own, float[] Known, float[] Others, float[] Masked);

/// <summary>The mean of the last visual vectors seen of every training sticker, from which the visual loss draws its positives and negatives.</summary>
/// <param name="rows">All rows of the training set.</param>
/// <param name="members">Row numbers that are trained on.</param>
/// <param name="dimension">Length of a vector, D.</param>
internal sealed class VisualMemory(IReadOnlyList<TrainingRow> rows, int[] members, int dimension)
{
    private const int Negatives = 2048;

    /// <summary>Other stickers that a ghost batch is compared with, N.</summary>
    public int OtherCount { get; } = Math.Min(Negatives, members.Length);

    /// <summary>rows x D; a row of zeros was not seen yet.</summary>
    public float[] Vectors { get; } = new float[rows.Count * dimension];

    /// <summary>Draws what a ghost batch is compared with.</summary>
    public VisualComparison Draw(IReadOnlyList<BatchItem> items, Random random)
    {
        var comparison = new VisualComparison(
            new float[items.Count * dimension], new float[items.Count], new float[OtherCount * dimension], new float[items.Count * OtherCount]);
        for (var i = 0; i < items.Count; i++)
        {
            var own = Vector(items[i].Row);
            own.CopyTo(comparison.Own.AsSpan(i * dimension));
            comparison.Known[i] = own.ContainsAnyExcept(0f) ? 1f : 0f;
        }
        for (var o = 0; o < OtherCount; o++)
        {
            var other = members[random.Next(members.Length)];
            Vector(other).CopyTo(comparison.Others.AsSpan(o * dimension));
            for (var i = 0; i < items.Count; i++)
            {
                if (rows[items[i].Row].Group == rows[other].Group) comparison.Masked[(i * OtherCount) + o] = -1e4f;
            }
        }
        return comparison;
    }

    /// <summary>Remembers the mean of the old and the new vectors, at unit length.</summary>
    /// <param name="items">The stickers.</param>
    /// <param name="visual">B x D, unit rows.</param>
    public void Remember(IReadOnlyList<BatchItem> items, ReadOnlySpan<float> visual)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var memory = Vector(items[i].Row);
            TensorPrimitives.Add(memory, visual.Slice(i * dimension, dimension), memory);
            var norm = TensorPrimitives.Norm<float>(memory);
            if (norm > 0) TensorPrimitives.Divide(memory, norm, memory);
        }
    }

    private Span<float> Vector(int row) => Vectors.AsSpan(row * dimension, dimension);
}
