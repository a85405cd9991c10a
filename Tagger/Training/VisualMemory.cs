using System.Numerics.Tensors;

namespace Stickers.Tagger.Training;

/// <summary>What one ghost batch of B stickers is compared with, row-major; reused from step to step.</summary>
/// <param name="batch">B.</param>
/// <param name="others">Other stickers, N.</param>
/// <param name="dimension">Length of a vector, D.</param>
internal sealed class VisualComparison(int batch, int others, int dimension)
{
    /// <summary>B x D: memory of the same stickers.</summary>
    public float[] Own { get; } = new float[batch * dimension];

    /// <summary>B: 1 where there is one.</summary>
    public float[] Known { get; } = new float[batch];

    /// <summary>N x D: memory of other stickers.</summary>
    public float[] Others { get; } = new float[others * dimension];

    /// <summary>B x N: 0, or -10,000 where the other is a near duplicate or the sticker itself.</summary>
    public float[] Masked { get; } = new float[batch * others];
}

/// <summary>The mean of the last visual vectors seen of every training sticker, from which the visual loss draws its positives and negatives.</summary>
/// <param name="rows">All rows of the training set.</param>
/// <param name="members">Row numbers that are trained on.</param>
/// <param name="dimension">Length of a vector, D.</param>
internal sealed class VisualMemory(IReadOnlyList<TrainingRow> rows, int[] members, int dimension)
{
    private const int Negatives = 2048;

    private readonly int[] _groups = [.. rows.Select(row => row.Group)];

    /// <summary>Other stickers that a ghost batch is compared with, N.</summary>
    public int OtherCount { get; } = Math.Min(Negatives, members.Length);

    /// <summary>rows x D; a row of zeros was not seen yet.</summary>
    public float[] Vectors { get; } = new float[rows.Count * dimension];

    /// <summary>Draws what a ghost batch is compared with.</summary>
    public void Draw(IReadOnlyList<BatchItem> items, Random random, VisualComparison comparison)
    {
        Span<int> groups = stackalloc int[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            var own = Vector(items[i].Row);
            own.CopyTo(comparison.Own.AsSpan(i * dimension));
            comparison.Known[i] = own.ContainsAnyExcept(0f) ? 1f : 0f;
            groups[i] = _groups[items[i].Row];
        }

        Array.Clear(comparison.Masked);
        for (var o = 0; o < OtherCount; o++)
        {
            var other = members[random.Next(members.Length)];
            Vector(other).CopyTo(comparison.Others.AsSpan(o * dimension));
            var group = _groups[other];
            for (var i = 0; i < groups.Length; i++)
            {
                if (groups[i] == group) comparison.Masked[(i * OtherCount) + o] = -1e4f;
            }
        }
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
