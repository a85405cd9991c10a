using System.Numerics.Tensors;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch.Coded;

/// <summary>Centres of inverted lists: k-means over unit vectors by inner product, assigned by the exact kernel.</summary>
internal sealed class ListCentres : IDisposable
{
    private const int Iterations = 10;
    private const int Batch = 256;

    private readonly ExactIndex _index;
    private readonly float[] _centres;

    private ListCentres(float[] centres, ExactIndex index) => (_centres, _index) = (centres, index);

    public ReadOnlySpan<float> Values => _centres;

    /// <param name="sample">Row-major unit vectors, n x d, at least as many as there are lists.</param>
    /// <param name="d">Vector length.</param>
    /// <param name="lists">Number of centres.</param>
    /// <param name="seed">Of the centres that it begins with.</param>
    /// <param name="cancellation">Stops the training.</param>
    public static ListCentres Train(ReadOnlyMemory<float> sample, int d, int lists, int seed, CancellationToken cancellation)
    {
        var n = sample.Length / d;
        ArgumentOutOfRangeException.ThrowIfLessThan(n, lists, nameof(sample));
        var random = new Random(seed);
        var order = Enumerable.Range(0, n).ToArray();
        random.Shuffle(order);
        var centres = new float[lists * d];
        for (var c = 0; c < lists; c++)
            sample.Span.Slice(order[c] * d, d).CopyTo(centres.AsSpan(c * d, d));
        for (var round = 0; round < Iterations; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] list;
            using (var current = Of(centres, d))
                list = current.Assign(sample, 0, cancellation);
            var (sums, counts) = (new float[lists * d], new int[lists]);
            for (var row = 0; row < n; row++)
            {
                var sum = sums.AsSpan(list[row] * d, d);
                TensorPrimitives.Add(sum, sample.Span.Slice(row * d, d), sum);
                counts[list[row]]++;
            }

            for (var c = 0; c < lists; c++)
            {
                var sum = sums.AsSpan(c * d, d);
                var norm = TensorPrimitives.Norm<float>(sum);
                // A list that nobody came to begins anew somewhere.
                if (norm > 1e-6f)
                    TensorPrimitives.Divide(sum, norm, centres.AsSpan(c * d, d));
                else
                    sample.Span.Slice(random.Next(n) * d, d).CopyTo(centres.AsSpan(c * d, d));
            }
        }

        return Of(centres, d);
    }

    /// <param name="centres">Row-major, as many as there are lists.</param>
    /// <param name="d">Vector length.</param>
    public static ListCentres Of(float[] centres, int d) => new(centres, ExactIndex.Of(centres, d));

    /// <summary>The list of each vector.</summary>
    public int[] Assign(ReadOnlyMemory<float> vectors, int threads, CancellationToken cancellation)
    {
        var d = _index.Dimension;
        var list = new int[vectors.Length / d];
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = threads > 0 ? threads : -1 };
        Parallel.For(0, (list.Length + Batch - 1) / Batch, options, batch =>
        {
            var (first, count) = (batch * Batch, Math.Min(Batch, list.Length - (batch * Batch)));
            var found = _index.SearchMany(vectors.Span.Slice(first * d, count * d), 1, null, cancellation);
            for (var i = 0; i < count; i++)
                list[first + i] = (int)found[i][0].Row;
        });
        return list;
    }

    public void Dispose() => _index.Dispose();
}
