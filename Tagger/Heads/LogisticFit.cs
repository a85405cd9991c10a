using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Stickers.Tagger.Heads;

/// <summary>Logistic regression with a quadratic penalty, by Microsoft.ML's L-BFGS on one thread. Both classes weigh the same however many there are of each.</summary>
internal static class LogisticFit
{
    private const float Tolerance = 1e-7f;

    /// <summary>Fits weights and, as the last number, the offset.</summary>
    /// <param name="positives">At least one.</param>
    /// <param name="negatives">At least one, of the same length.</param>
    /// <param name="penalty">On each squared weight, above 0; the offset has none.</param>
    public static double[] Fit(IReadOnlyList<float[]> positives, IReadOnlyList<float[]> negatives, double penalty)
    {
        var context = new MLContext(seed: 1);
        var schema = SchemaDefinition.Create(typeof(Example));
        schema[nameof(Example.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, positives[0].Length);
        var examples = Examples(positives, true).Concat(Examples(negatives, false));
        var model = context.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
        {
            ExampleWeightColumnName = nameof(Example.Weight),
            L1Regularization = 0,
            L2Regularization = (float)penalty,
            OptimizationTolerance = Tolerance,
            NumberOfThreads = 1,
        }).Fit(context.Data.LoadFromEnumerable(examples, schema)).Model.SubModel;
        return [.. model.Weights.Select(weight => (double)weight), model.Bias];
    }

    /// <summary>Probability of a vector, 0 to 1.</summary>
    public static double Probability(double[] weights, ReadOnlySpan<float> vector)
    {
        var logit = weights[^1];
        for (var i = 0; i < vector.Length; i++) logit += weights[i] * vector[i];
        return 1 / (1 + Math.Exp(-logit));
    }

    private static IEnumerable<Example> Examples(IReadOnlyList<float[]> vectors, bool label) =>
        vectors.Select(vector => new Example { Features = vector, Label = label, Weight = 0.5f / vectors.Count });

    private sealed class Example
    {
        public required float[] Features { get; set; }

        public required bool Label { get; set; }

        public required float Weight { get; set; }
    }
}
