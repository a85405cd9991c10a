namespace Stickers.Bench;

/// <summary>Unit vectors around random centres, as embeddings lie: made of a seed, row by row.</summary>
/// <param name="d">Vector length.</param>
/// <param name="centres">Number of clusters.</param>
/// <param name="seed">Other seeds give other vectors around the same centres.</param>
internal sealed class ClusteredVectors(int d, int centres, int seed)
{
    private const float Spread = 0.8f;

    private readonly Random _random = new(seed);
    private readonly float[] _centres = Centres(d, centres);

    /// <summary>Fills whole rows.</summary>
    public void Fill(Span<float> rows)
    {
        for (var at = 0; at < rows.Length; at += d)
        {
            var row = rows.Slice(at, d);
            var centre = _centres.AsSpan(_random.Next(centres) * d, d);
            double norm = 0;
            for (var i = 0; i < d; i++)
            {
                row[i] = centre[i] + (Spread / MathF.Sqrt(d) * Gaussian(_random));
                norm += (double)row[i] * row[i];
            }

            var scale = (float)(1 / Math.Sqrt(norm));
            foreach (ref var value in row) value *= scale;
        }
    }

    private static float[] Centres(int d, int centres)
    {
        var random = new Random(1);
        var values = new float[centres * d];
        foreach (ref var value in values.AsSpan()) value = Gaussian(random) / MathF.Sqrt(d);
        return values;
    }

    private static float Gaussian(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
