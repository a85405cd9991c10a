using System.Numerics.Tensors;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Coded;

/// <summary>
/// Binary codes of vectors where no network has learned any: the signs after taking off the mean and turning by a rotation that was fitted so that little is lost (iterative
/// quantization, Gong and Lazebnik 2011). A closed form fitted on a sample.
/// </summary>
internal static class SignRotation
{
    private const int Iterations = 20;
    private const int MostSamples = 20_000;

    /// <summary>Fits mean and rotation to a sample; a code has as many bits as a vector dimensions.</summary>
    /// <param name="sample">Row-major, n x d values; of very many the first ones are taken.</param>
    /// <param name="d">Vector length.</param>
    /// <param name="seed">Of the rotation that it begins with.</param>
    public static CodeMap Fit(ReadOnlySpan<float> sample, int d, int seed)
    {
        var n = Math.Min(sample.Length / d, MostSamples);
        var mean = new float[d];
        for (var row = 0; row < n; row++)
            TensorPrimitives.Add(mean, sample.Slice(row * d, d), mean);
        if (n > 0)
            TensorPrimitives.Divide(mean, n, mean);
        var centred = new float[n * d];
        for (var row = 0; row < n; row++)
            TensorPrimitives.Subtract(sample.Slice(row * d, d), mean, centred.AsSpan(row * d, d));

        var rotation = RandomRotation(d, seed);
        for (var round = 0; round < Iterations && n > d; round++)
        {
            // The rotation that brings the vectors nearest to their signs is the orthogonal factor of the sum of sign x vector.
            var sum = new double[d * d];
            var turned = new float[d];
            for (var row = 0; row < n; row++)
            {
                var vector = centred.AsSpan(row * d, d);
                for (var i = 0; i < d; i++)
                    turned[i] = ExactDot.Product(vector, rotation.AsSpan(i * d, d));
                for (var i = 0; i < d; i++)
                {
                    var target = sum.AsSpan(i * d, d);
                    if (turned[i] > 0)
                        AddTo(target, vector);
                    else
                        SubtractFrom(target, vector);
                }
            }

            if (OrthogonalFactor(sum, d) is not { } better)
                break;
            rotation = Array.ConvertAll(better, value => (float)value);
        }

        return Of(mean, rotation);
    }

    /// <summary>As a map: what the rotation makes of the mean is the offset.</summary>
    /// <param name="mean">d values.</param>
    /// <param name="rotation">d x d values, row-major, orthogonal.</param>
    public static CodeMap Of(float[] mean, float[] rotation)
    {
        var offsets = new float[mean.Length];
        for (var i = 0; i < offsets.Length; i++)
            offsets[i] = -ExactDot.Product(mean, rotation.AsSpan(i * mean.Length, mean.Length));
        return new CodeMap(rotation, offsets);
    }

    private static void AddTo(Span<double> target, ReadOnlySpan<float> vector)
    {
        for (var i = 0; i < target.Length; i++) target[i] += vector[i];
    }

    private static void SubtractFrom(Span<double> target, ReadOnlySpan<float> vector)
    {
        for (var i = 0; i < target.Length; i++) target[i] -= vector[i];
    }

    private static float[] RandomRotation(int d, int seed)
    {
        var random = new Random(seed);
        var rows = new double[d * d];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return Array.ConvertAll(OrthogonalFactor(rows, d)!, value => (float)value);
    }

    /// <summary>The orthogonal factor of a polar decomposition by Newton's iteration (Higham 1986): the mean of a matrix and its inverse transpose, again and again. Null when it is singular.</summary>
    internal static double[]? OrthogonalFactor(double[] matrix, int d)
    {
        var norm = Math.Sqrt(matrix.Sum(value => value * value));
        if (!(norm > 0))
            return null;
        var x = Array.ConvertAll(matrix, value => value * Math.Sqrt(d) / norm);
        for (var round = 0; round < 100; round++)
        {
            if (Inverse(x, d) is not { } inverse)
                return null;
            double change = 0;
            var next = new double[d * d];
            for (var i = 0; i < d; i++)
            {
                for (var j = 0; j < d; j++)
                {
                    next[(i * d) + j] = (x[(i * d) + j] + inverse[(j * d) + i]) / 2;
                    change = Math.Max(change, Math.Abs(next[(i * d) + j] - x[(i * d) + j]));
                }
            }

            x = next;
            if (change < 1e-12)
                return x;
        }

        return x;
    }

    /// <summary>By Gauss and Jordan, with the largest pivot of each column; null when the matrix is singular.</summary>
    private static double[]? Inverse(double[] matrix, int d)
    {
        var (a, b) = ((double[])matrix.Clone(), new double[d * d]);
        for (var i = 0; i < d; i++) b[(i * d) + i] = 1;
        for (var column = 0; column < d; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < d; row++)
            {
                if (Math.Abs(a[(row * d) + column]) > Math.Abs(a[(pivot * d) + column])) pivot = row;
            }

            var value = a[(pivot * d) + column];
            if (!(Math.Abs(value) > 1e-12))
                return null;
            Swap(a, pivot, column, d);
            Swap(b, pivot, column, d);
            TensorPrimitives.Divide(a.AsSpan(column * d, d), value, a.AsSpan(column * d, d));
            TensorPrimitives.Divide(b.AsSpan(column * d, d), value, b.AsSpan(column * d, d));
            for (var row = 0; row < d; row++)
            {
                var factor = a[(row * d) + column];
                if (row == column || factor == 0)
                    continue;
                TensorPrimitives.MultiplyAdd(a.AsSpan(column * d, d), -factor, a.AsSpan(row * d, d), a.AsSpan(row * d, d));
                TensorPrimitives.MultiplyAdd(b.AsSpan(column * d, d), -factor, b.AsSpan(row * d, d), b.AsSpan(row * d, d));
            }
        }

        return b;
    }

    private static void Swap(double[] rows, int one, int other, int d)
    {
        if (one == other)
            return;
        for (var i = 0; i < d; i++)
            (rows[(one * d) + i], rows[(other * d) + i]) = (rows[(other * d) + i], rows[(one * d) + i]);
    }
}
