using System.Numerics.Tensors;

namespace Stickers.ApiBench;

/// <summary>Unit vectors around seeded centres; row i is always the same.</summary>
internal sealed class ClusteredRows
{
    private const float Width = 0.8f;

    private readonly int _dimension;
    private readonly float[][] _centres;

    public ClusteredRows(int clusters, int dimension)
    {
        _dimension = dimension;
        _centres = [.. Enumerable.Range(0, clusters).Select(cluster => Gaussian(new Random(cluster), 1))];
    }

    /// <summary>Row-major.</summary>
    public float[] Rows(int first, int count)
    {
        var rows = new float[count * _dimension];
        Parallel.For(0, count, i =>
        {
            var random = new Random(1_000_003 + first + i);
            var row = rows.AsSpan(i * _dimension, _dimension);
            TensorPrimitives.Add<float>(_centres[random.Next(_centres.Length)], Gaussian(random, Width), row);
            TensorPrimitives.Divide(row, TensorPrimitives.Norm<float>(row), row);
        });
        return rows;
    }

    private float[] Gaussian(Random random, float width)
    {
        var values = new float[_dimension];
        for (var i = 0; i < _dimension; i += 2)
        {
            var (radius, angle) = (Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())), 2 * Math.PI * random.NextDouble());
            values[i] = width * (float)(radius * Math.Cos(angle));
            if (i + 1 < _dimension)
                values[i + 1] = width * (float)(radius * Math.Sin(angle));
        }

        return values;
    }
}
