using System.Globalization;
using Stickers.Tagger.Models;

namespace Stickers.Tagger.Training;

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
            SafeTensors.Write(stream, state.Arrays.Select(a => new NamedTensor(a.Name, [a.Values.Length], a.Values)), new Dictionary<string, string>
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
        if (metadata.GetValueOrDefault(InputsKey) != inputs)
        {
            throw new InvalidDataException(
                $"{path} belongs to a training with other inputs ({metadata.GetValueOrDefault(InputsKey)}, expected {inputs}): the catalogue, the tag rules or the options changed. Use another model version, or delete this one's folder.");
        }
        foreach (var (name, values) in state.Arrays)
        {
            if (!tensors.TryGetValue(name, out var saved) || saved.Values.Length != values.Length)
                throw new InvalidDataException($"{path}: tensor {name} is missing or has another size. Delete this model's folder and train again.");
            saved.Values.Span.CopyTo(values);
        }
        state.Step = long.Parse(metadata[StepKey], CultureInfo.InvariantCulture);
        state.Elapsed = TimeSpan.FromSeconds(double.Parse(metadata[ElapsedKey], CultureInfo.InvariantCulture));
        return true;
    }
}
