using System.Numerics.Tensors;

namespace Stickers.Tagger.Training;

/// <summary>What the ranks of a training tell each other in one step, as one array: one allreduce costs less than four.</summary>
/// <param name="parameters">Number of parameters.</param>
/// <param name="buffers">Number of running statistics.</param>
/// <param name="ghosts">Ghost batches in a batch.</param>
/// <param name="visual">Values of one ghost batch's visual vectors.</param>
internal sealed class Exchange(int parameters, int buffers, int ghosts, int visual)
{
    private readonly int _means = parameters + buffers + 1;

    /// <summary>All of it: gradient, running statistics, loss; then the visual vectors, where a rank leaves those of others at zero.</summary>
    public float[] Values { get; } = new float[parameters + buffers + 1 + (ghosts * visual)];

    /// <summary>The gradient.</summary>
    public Span<float> Gradient => Values.AsSpan(0, parameters);

    /// <summary>Batch normalisation's running statistics.</summary>
    public Span<float> Buffers => Values.AsSpan(parameters, buffers);

    /// <summary>The loss.</summary>
    public float Loss => Values[_means - 1];

    /// <summary>Visual vectors of one ghost batch.</summary>
    public Span<float> VisualOf(int ghost) => Values.AsSpan(_means + (ghost * visual), visual);

    /// <summary>Before a step.</summary>
    public void Clear() => Array.Clear(Values);

    /// <summary>Adds what one ghost batch gave.</summary>
    public void Add(GhostResult result, int ghost)
    {
        TensorPrimitives.Add(Gradient, result.Gradient, Gradient);
        TensorPrimitives.Add(Buffers, result.Buffers, Buffers);
        Values[_means - 1] += (float)result.Loss;
        result.Visual.CopyTo(VisualOf(ghost));
    }

    /// <summary>Makes means of the sums over all ghost batches.</summary>
    public void Divide()
    {
        var sums = Values.AsSpan(0, _means);
        TensorPrimitives.Divide(sums, ghosts, sums);
    }
}
