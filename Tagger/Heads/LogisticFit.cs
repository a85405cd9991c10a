using System.Numerics.Tensors;

namespace Stickers.Tagger.Heads;

/// <summary>
/// Logistic regression with a quadratic penalty, by Newton's method (iteratively reweighted least squares). Both classes weigh the same however many there are of each. A few thousand
/// vectors of a few hundred numbers take well under a second, so that no library is needed for it.
/// </summary>
internal static class LogisticFit
{
    private const int MaxIterations = 25;

    /// <summary>Fits weights and, as the last number, the offset.</summary>
    /// <param name="positives">At least one.</param>
    /// <param name="negatives">At least one, of the same length.</param>
    /// <param name="penalty">On each squared weight, above 0; the offset has none.</param>
    public static double[] Fit(IReadOnlyList<float[]> positives, IReadOnlyList<float[]> negatives, double penalty)
    {
        var size = positives[0].Length + 1;
        var weights = new double[size];
        double[][] withTag = [.. positives.Select(WithOne)], without = [.. negatives.Select(WithOne)];
        var (ofPositive, ofNegative) = (0.5 / positives.Count, 0.5 / negatives.Count);
        for (var iteration = 0; iteration < MaxIterations; iteration++)
        {
            var gradient = new double[size];
            var hessian = Enumerable.Range(1, size).Select(length => new double[length]).ToArray();
            for (var i = 0; i < size - 1; i++) (gradient[i], hessian[i][i]) = (penalty * weights[i], penalty);
            hessian[size - 1][size - 1] = 1e-9;
            foreach (var vector in withTag) Add(vector, 1, ofPositive);
            foreach (var vector in without) Add(vector, 0, ofNegative);
            var step = Solve(hessian, gradient);
            double length = 0;
            for (var i = 0; i < size; i++)
            {
                weights[i] -= step[i];
                length += step[i] * step[i];
            }

            if (length < 1e-12) break;

            void Add(double[] vector, double label, double share)
            {
                var probability = 1 / (1 + Math.Exp(-TensorPrimitives.Dot(weights, vector)));
                var (error, curvature) = (share * (probability - label), share * Math.Max(probability * (1 - probability), 1e-6));
                TensorPrimitives.MultiplyAdd(vector, error, gradient, gradient);
                for (var i = 0; i < size; i++) TensorPrimitives.MultiplyAdd(vector.AsSpan(0, i + 1), curvature * vector[i], hessian[i], hessian[i]);
            }
        }

        return weights;
    }

    private static double[] WithOne(float[] vector) => [.. vector.Select(value => (double)value), 1];

    /// <summary>Probability of a vector, 0 to 1.</summary>
    public static double Probability(double[] weights, ReadOnlySpan<float> vector)
    {
        var logit = weights[^1];
        for (var i = 0; i < vector.Length; i++) logit += weights[i] * vector[i];
        return 1 / (1 + Math.Exp(-logit));
    }

    /// <summary>Cholesky on the lower triangle of a positive definite matrix.</summary>
    private static double[] Solve(double[][] matrix, double[] right)
    {
        var size = right.Length;
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[i][j] - TensorPrimitives.Dot(matrix[i].AsSpan(0, j), matrix[j].AsSpan(0, j));
                matrix[i][j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-18)) : sum / matrix[j][j];
            }
        }

        var solution = (double[])right.Clone();
        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < i; k++) solution[i] -= matrix[i][k] * solution[k];
            solution[i] /= matrix[i][i];
        }

        for (var i = size - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < size; k++) solution[i] -= matrix[k][i] * solution[k];
            solution[i] /= matrix[i][i];
        }

        return solution;
    }
}
