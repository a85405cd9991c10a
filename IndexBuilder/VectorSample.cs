using System.Runtime.InteropServices;
using Stickers.Catalogue;

namespace Stickers.IndexBuilder;

/// <summary>Vectors at positions drawn with a fixed seed: what the index is trained on, and the queries that recall is measured with.</summary>
internal sealed class VectorSample
{
    private const int QueryCount = 500;
    private const int Seed = 20_261_123;

    private readonly List<float> _training = [];
    private readonly List<float> _queries = [];
    private readonly List<StickerId> _queryIds = [];

    private VectorSample()
    {
    }

    public ReadOnlySpan<float> Training => CollectionsMarshal.AsSpan(_training);

    public ReadOnlySpan<float> Queries => CollectionsMarshal.AsSpan(_queries);

    public IReadOnlyList<StickerId> QueryIds => _queryIds;

    /// <summary>Reads all embeddings once and checks each: its length, and that it is a unit vector.</summary>
    /// <exception cref="InvalidDataException">A vector is malformed, or there are more or fewer than the manifest says.</exception>
    public static async Task<VectorSample> DrawAsync(IndexInputs inputs, Action<long> progress, CancellationToken cancellation)
    {
        var sample = new VectorSample();
        var queries = Draw(inputs.Count, QueryCount, Seed);
        var training = Draw(inputs.Count, inputs.Plan.TrainingVectors, Seed + 1);
        long position = 0;
        await foreach (var embedding in inputs.Embeddings.ReadAsync(cancellation))
        {
            var vector = inputs.VectorOf(embedding);
            Check(vector, embedding.Id, inputs);
            if (queries.Contains(position))
            {
                sample._queries.AddRange(vector);
                sample._queryIds.Add(embedding.Id);
            }

            if (training.Contains(position))
                sample._training.AddRange(vector);
            if (++position % 4096 == 0)
                progress(position);
        }

        if (position != inputs.Count)
            throw new InvalidDataException($"The embeddings have {position} rows; their manifest says {inputs.Count}. Embed again (stickers embed).");
        progress(position);
        return sample;
    }

    /// <summary>Distinct positions below n, all of them when no more are wanted (R. Floyd's algorithm).</summary>
    internal static HashSet<long> Draw(long n, int count, int seed)
    {
        var random = new Random(seed);
        var chosen = new HashSet<long>();
        for (var i = Math.Max(0, n - count); i < n; i++)
        {
            var candidate = random.NextInt64(i + 1);
            if (!chosen.Add(candidate))
                chosen.Add(i);
        }

        return chosen;
    }

    private static void Check(float[] vector, StickerId id, IndexInputs inputs)
    {
        if (vector.Length != inputs.Dimension)
            throw new InvalidDataException($"The vector of sticker {id} has {vector.Length} values; the embeddings' manifest says {inputs.Dimension}. Embed again (stickers embed).");
        double sum = 0;
        foreach (var value in vector)
            sum += value * value;
        if (!(Math.Abs(Math.Sqrt(sum) - 1) < 0.01)) // written so that NaN fails too
            throw new InvalidDataException($"The vector of sticker {id} has length {Math.Sqrt(sum)} instead of 1. Embed again (stickers embed).");
    }
}
