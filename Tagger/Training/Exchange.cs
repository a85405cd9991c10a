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
    public ReadOnlyMemory<float> Gradient => Values.AsMemory(0, parameters);

    /// <summary>Batch normalisation's running statistics.</summary>
    public Span<float> Buffers => Values.AsSpan(parameters, buffers);

    /// <summary>The loss.</summary>
    public float Loss => Values[_means - 1];

    /// <summary>Visual vectors of one ghost batch.</summary>
    public Span<float> VisualOf(int ghost) => Values.AsSpan(_means + (ghost * visual), visual);

    /// <summary>Takes what the ghost batches of this rank gave, in their order; where other ranks compute others, there are zeros.</summary>
    /// <param name="results">One for each ghost batch of this rank.</param>
    /// <param name="ghostOf">The number of each in the whole batch.</param>
    public void Collect(IReadOnlyList<GhostResult> results, Func<int, int> ghostOf)
    {
        Chunks.ForEach(parameters, (_, first, count) => Sum(Values.AsSpan(first, count), results, result => result.Gradient.AsSpan(first, count)));
        Sum(Buffers, results, result => result.Buffers);
        Values[_means - 1] = (float)results.Sum(result => result.Loss);
        Array.Clear(Values, _means, Values.Length - _means);
        for (var i = 0; i < results.Count; i++) results[i].Visual.CopyTo(VisualOf(ghostOf(i)));
    }

    /// <summary>Makes means of the sums over all ghost batches.</summary>
    /// <returns>Length of the gradient.</returns>
    public double Divide()
    {
        var squares = new double[Chunks.Count(_means)];
        Chunks.ForEach(_means, (chunk, first, count) =>
        {
            var part = Values.AsSpan(first, count);
            TensorPrimitives.Divide(part, ghosts, part);
            squares[chunk] = TensorPrimitives.SumOfSquares<float>(part[..Math.Clamp(parameters - first, 0, count)]);
        });
        return Math.Sqrt(squares.Sum());
    }

    private static void Sum(Span<float> sum, IReadOnlyList<GhostResult> results, Part part)
    {
        part(results[0]).CopyTo(sum);
        for (var i = 1; i < results.Count; i++) TensorPrimitives.Add(sum, part(results[i]), sum);
    }

    private delegate ReadOnlySpan<float> Part(GhostResult result);
}
