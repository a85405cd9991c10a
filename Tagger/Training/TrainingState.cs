namespace Stickers.Tagger.Training;

/// <summary>Everything that decides the steps to come. Order and augmentation follow from the step.</summary>
/// <param name="parameters">Initial weights, P values.</param>
/// <param name="buffers">Initial running statistics, Q values.</param>
/// <param name="optimizer">Optimiser.</param>
/// <param name="memory">Visual memory.</param>
internal sealed class TrainingState(float[] parameters, float[] buffers, AdamW optimizer, VisualMemory memory)
{
    /// <summary>Steps done.</summary>
    public long Step { get; set; }

    /// <summary>Time spent in steps, interrupted runs included.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Weights being trained.</summary>
    public float[] Parameters { get; } = parameters;

    /// <summary>Running statistics.</summary>
    public float[] Buffers { get; } = buffers;

    /// <summary>Exponential moving average of the weights: what the finished model uses.</summary>
    public float[] AverageParameters { get; } = [.. parameters];

    /// <summary>Exponential moving average of the running statistics.</summary>
    public float[] AverageBuffers { get; } = [.. buffers];

    /// <summary>Optimiser.</summary>
    public AdamW Optimizer { get; } = optimizer;

    /// <summary>Visual memory.</summary>
    public VisualMemory Memory { get; } = memory;

    /// <summary>The arrays by the names they have in a checkpoint.</summary>
    public IReadOnlyList<(string Name, float[] Values)> Arrays =>
    [
        ("parameters", Parameters),
        ("buffers", Buffers),
        ("average.parameters", AverageParameters),
        ("average.buffers", AverageBuffers),
        ("adamw.first", Optimizer.FirstMoment),
        ("adamw.second", Optimizer.SecondMoment),
        ("visual.memory", Memory.Vectors),
    ];
}
