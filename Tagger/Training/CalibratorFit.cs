using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Stickers.Tagger.Models;

namespace Stickers.Tagger.Training;

/// <summary>Calibration over all tags together, by Microsoft.ML; from more than a million pairs it draws a million, the same every time.</summary>
/// <param name="logits">One per pair of sticker and tag; at least one.</param>
/// <param name="labels">Whether the creator gave the tag; as many.</param>
internal sealed class CalibratorFit(float[] logits, bool[] labels)
{
    private const double LeastSlope = 1e-3;

    private readonly MLContext _context = new(seed: 1);

    /// <summary>A scaling by maximum likelihood (Platt 1999).</summary>
    public PlattScaling Platt()
    {
        var fitted = (IPredictionTransformer<PlattCalibrator>)_context.BinaryClassification.Calibrators.Platt(nameof(Pair.Label), nameof(Pair.Score)).Fit(View());
        // There 1 / (1 + exp(slope * x + offset)).
        return new PlattScaling(Math.Max(LeastSlope, -fitted.Model.Slope), -fitted.Model.Offset);
    }

    /// <summary>The rising curve of least squares (isotonic regression by pooling adjacent violators).</summary>
    public CalibrationCurve Isotonic()
    {
        var fitted = ((IPredictionTransformer<IsotonicCalibrator>)_context.BinaryClassification.Calibrators.Isotonic(nameof(Pair.Label), nameof(Pair.Score)).Fit(View())).Model;
        List<float> at = [], probabilities = [];
        for (var block = 0; block < fitted.Values.Length; block++)
        {
            Add(fitted.Mins[block], fitted.Values[block]);
            if (fitted.Maxes[block] > fitted.Mins[block]) Add(fitted.Maxes[block], fitted.Values[block]);
        }

        return new CalibrationCurve(at, probabilities);

        void Add(float logit, float probability)
        {
            at.Add(logit);
            probabilities.Add(probability);
        }
    }

    private IDataView View() => _context.Data.LoadFromEnumerable(logits.Zip(labels, (logit, label) => new Pair { Score = logit, Label = label }));

    [SuppressMessage("Performance", "CA1812", Justification = "Made by reflection.")]
    private sealed class Pair
    {
        public float Score { get; set; }

        public bool Label { get; set; }
    }
}
