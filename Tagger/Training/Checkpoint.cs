using System.Globalization;
using Stickers.Tagger.Models;
using static TorchSharp.torch;

namespace Stickers.Tagger.Training;

/// <summary>Everything that decides the steps to come. Optimiser and averages are flat vectors; order and augmentation follow from the step.</summary>
internal sealed class TrainingState : IDisposable
{
    /// <summary>Steps done.</summary>
    public long Step { get; set; }

    /// <summary>Time spent in steps, interrupted runs included.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Weights being trained: (P).</summary>
    public required Tensor Parameters { get; init; }

    /// <summary>Running statistics: (Q).</summary>
    public required Tensor Buffers { get; init; }

    /// <summary>Exponential moving average of the weights: (P).</summary>
    public required Tensor AverageParameters { get; init; }

    /// <summary>Exponential moving average of the running statistics: (Q).</summary>
    public required Tensor AverageBuffers { get; init; }

    /// <summary>Optimiser.</summary>
    public required AdamW Optimizer { get; init; }

    /// <summary>Visual memory.</summary>
    public required VisualMemory Memory { get; init; }

    public void Dispose()
    {
        Parameters.Dispose();
        Buffers.Dispose();
        AverageParameters.Dispose();
        AverageBuffers.Dispose();
        Optimizer.Dispose();
        Memory.Dispose();
    }
}

/// <summary>One safetensors file, replaced atomically.</summary>
internal static class Checkpoint
{
    private const string StepKey = "step";
    private const string ElapsedKey = "elapsedSeconds";
    private const string InputsKey = "inputs";

    /// <summary>Writes the state under a hash of what it was made from.</summary>
    public static void Save(string path, TrainingState state, string inputs)
    {
        var temporary = path + ".tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            SafeTensors.Write(stream, Tensors(state), new Dictionary<string, string>
            {
                [StepKey] = state.Step.ToString(CultureInfo.InvariantCulture),
                [ElapsedKey] = state.Elapsed.TotalSeconds.ToString("R", CultureInfo.InvariantCulture),
                [InputsKey] = inputs,
            });
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Restores a state saved from the same inputs; false when there is none.</summary>
    /// <exception cref="InvalidDataException">The checkpoint was made from other inputs, or is damaged.</exception>
    public static bool TryLoad(string path, TrainingState state, string inputs)
    {
        if (!File.Exists(path)) return false;
        var (tensors, metadata) = SafeTensors.Read(path);
        try
        {
            if (metadata.GetValueOrDefault(InputsKey) != inputs)
            {
                throw new InvalidDataException(
                    $"{path} belongs to a training with other inputs ({metadata.GetValueOrDefault(InputsKey)}, expected {inputs}): the catalogue, the tag rules or the options changed. Use another model version, or replace this one.");
            }
            using var noGrad = no_grad();
            foreach (var (name, tensor) in Tensors(state))
            {
                if (!tensors.TryGetValue(name, out var saved) || !saved.shape.SequenceEqual(tensor.shape))
                    throw new InvalidDataException($"{path}: tensor {name} is missing or has another shape. Replace this model version.");
                tensor.copy_(saved);
            }
            state.Step = long.Parse(metadata[StepKey], CultureInfo.InvariantCulture);
            state.Elapsed = TimeSpan.FromSeconds(double.Parse(metadata[ElapsedKey], CultureInfo.InvariantCulture));
            return true;
        }
        finally
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
        }
    }

    private static (string Name, Tensor Tensor)[] Tensors(TrainingState state) =>
    [
        ("parameters", state.Parameters),
        ("buffers", state.Buffers),
        ("average.parameters", state.AverageParameters),
        ("average.buffers", state.AverageBuffers),
        ("adamw.first", state.Optimizer.FirstMoment),
        ("adamw.second", state.Optimizer.SecondMoment),
        ("visual.memory", state.Memory.Vectors),
    ];
}
