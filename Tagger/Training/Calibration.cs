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
        var creators = Array.ConvertAll(rows, row => set.Rows[row].Creator);
        var file = new ThresholdsFile(ModelFiles.FormatVersion, PlattScaling.Identity, [.. Enumerable.Repeat(ThresholdChoice.Never, tags)], ThresholdChoice.Review);
        if (rows.Length == 0) return file;
        var fit = new CalibratorFit(logits, labels);
        file = file with { Calibration = fit.Platt(), Curve = fit.Isotonic() };

        var calibrations = new PlattScaling[tags];
        var accept = new float[tags];
        var logOdds = new float[rows.Length];
        var given = new bool[rows.Length];
        for (var tag = 0; tag < tags; tag++)
        {
            for (var i = 0; i < rows.Length; i++) (logOdds[i], given[i]) = (file.LogOdds(logits[(i * tags) + tag]), labels[(i * tags) + tag]);
            var own = calibrations[tag] = PlattScaling.FitTag(logOdds, given);
            accept[tag] = ThresholdChoice.Accept(Array.ConvertAll(logOdds, own.Probability), given, meanings, creators, targetPrecision);
        }
        return file with { Tags = calibrations, Accept = accept };
    }

    /// <summary>Stickers with the same tags mean the same: a set of tags has one number. Of a sticker whose tags are all unknown nothing is known to mean the same.</summary>
    private int MeaningOf(int row, Dictionary<string, int> numbers)
    {
        var tags = set.Rows[row].Tags is { Length: > 0 } known ? string.Join(' ', known) : $"row {row}";
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
