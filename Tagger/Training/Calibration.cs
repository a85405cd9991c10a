using Stickers.Tagger.Models;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Training;

/// <summary>Fits what turns a network's tag logits into probabilities and decisions, on stickers that it has not learned from.</summary>
/// <param name="net">The finished network.</param>
/// <param name="set">Where the stickers are.</param>
internal sealed class Calibration(StickerNet net, TrainingSet set)
{
    /// <summary>Calibrates and chooses thresholds. Without stickers, logits stay as they are and every tag is only reviewed.</summary>
    /// <param name="rows">Row numbers of validation stickers.</param>
    /// <param name="targetPrecision">Share of accepted suggestions that should be right.</param>
    public ThresholdsFile Fit(int[] rows, double targetPrecision)
    {
        var tags = set.Vocabulary.TagCount;
        var logits = Logits(rows, tags);
        var labels = new bool[rows.Length * tags];
        for (var i = 0; i < rows.Length; i++)
        {
            foreach (var tag in set.Rows[rows[i]].Tags.Where(t => t < tags)) labels[(i * tags) + tag] = true;
        }

        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var meanings = Array.ConvertAll(rows, row => MeaningOf(row, numbers));
        var all = rows.Length == 0 ? PlattScaling.Identity : PlattScaling.Fit(logits, labels);
        var calibrations = new PlattScaling[tags];
        var accept = new float[tags];
        var tagLogits = new float[rows.Length];
        var tagLabels = new bool[rows.Length];
        for (var tag = 0; tag < tags; tag++)
        {
            for (var i = 0; i < rows.Length; i++) (tagLogits[i], tagLabels[i]) = (logits[(i * tags) + tag], labels[(i * tags) + tag]);
            var own = calibrations[tag] = PlattScaling.FitTag(tagLogits, tagLabels, all);
            accept[tag] = ThresholdChoice.Accept(Array.ConvertAll(tagLogits, own.Probability), tagLabels, meanings, targetPrecision);
        }
        return new ThresholdsFile(ModelFiles.FormatVersion, all, accept, ThresholdChoice.Review) { Tags = calibrations };
    }

    /// <summary>Stickers with the same tags mean the same: a set of tags has one number.</summary>
    private int MeaningOf(int row, Dictionary<string, int> numbers)
    {
        var tags = string.Join(' ', set.Rows[row].Tags);
        if (!numbers.TryGetValue(tags, out var number)) numbers[tags] = number = numbers.Count;
        return number;
    }

    private float[] Logits(int[] rows, int tags)
    {
        var logits = new float[rows.Length * tags];
        var inference = new Inference(net);
        for (var first = 0; first < rows.Length; first += Inference.MaxBatch)
        {
            var start = first;
            var raw = inference.Run(Math.Min(Inference.MaxBatch, rows.Length - first), set.FittedSide, i => set.Image(rows[start + i]));
            raw.TagLogits.CopyTo(logits, first * tags);
        }
        return logits;
    }
}
