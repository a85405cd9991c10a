using System.Runtime.InteropServices;
using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder;

/// <summary>
/// What one pass over all embeddings finds out: which stickers there are, a print of each vector, and vectors at positions drawn with a fixed seed:
/// what the index is trained on, and what queries are made of. Memory is 16 bytes a vector and the samples.
/// </summary>
internal sealed class VectorSurvey
{
    public const int QueryCount = 500;
    private const int Seed = 20_261_123;

    private readonly List<float> _training = [];
    private readonly List<float> _queries = [];
    private readonly List<StickerId> _queryIds = [];

    private VectorSurvey(RowTable rows) => Rows = rows;

    /// <summary>Rows of all vectors, with prints.</summary>
    public RowTable Rows { get; private set; }

    public ReadOnlySpan<float> Training => CollectionsMarshal.AsSpan(_training);

    /// <summary>Vectors of stickers, row-major.</summary>
    public ReadOnlySpan<float> Queries => CollectionsMarshal.AsSpan(_queries);

    /// <summary>The stickers whose vectors <see cref="Queries"/> are.</summary>
    public IReadOnlyList<StickerId> QueryIds => _queryIds;

    /// <summary>Reads all embeddings once and checks each: its length, and that it is a unit vector.</summary>
    /// <exception cref="InvalidDataException">A vector is malformed, occurs twice, or there are more or fewer than the manifest says.</exception>
    public static async Task<VectorSurvey> ReadAsync(VectorSource source, int trainingVectors, Action<long> progress, CancellationToken cancellation, int queryCount = QueryCount)
    {
        var survey = new VectorSurvey(RowTable.Of([], []));
        var queries = Draw(source.Count, queryCount, Seed);
        var training = Draw(source.Count, trainingVectors, Seed + 1);
        var (ids, prints) = (new long[source.Count], new ulong[source.Count]);
        long position = 0;
        await foreach (var (id, vector, _) in source.ReadAsync(cancellation))
        {
            if (position == source.Count)
                throw Miscounted(source, position + 1);
            Check(vector, id, source.Dimension);
            (ids[position], prints[position]) = (id.Value, RowTable.Print(vector));
            if (queries.Contains(position))
            {
                survey._queries.AddRange(vector);
                survey._queryIds.Add(id);
            }

            if (training.Contains(position))
                survey._training.AddRange(vector);
            if (++position % 4096 == 0)
                progress(position);
        }

        if (position != source.Count)
            throw Miscounted(source, position);
        survey.Rows = RowTable.Of(ids, prints);
        progress(position);
        return survey;
    }

    /// <summary>The training sample is not needed any more once the index is trained.</summary>
    public void ForgetTraining()
    {
        _training.Clear();
        _training.TrimExcess();
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

    private static InvalidDataException Miscounted(VectorSource source, long rows) =>
        new($"The embeddings have {(rows > source.Count ? "more rows" : $"{rows} rows")}; their manifest says {source.Count}. Embed again (stickers embed).");

    private static void Check(float[] vector, StickerId id, int dimension)
    {
        if (vector.Length != dimension)
            throw new InvalidDataException($"The vector of sticker {id} has {vector.Length} values; the embeddings' manifest says {dimension}. Embed again (stickers embed).");
        double sum = 0;
        foreach (var value in vector)
            sum += value * value;
        if (!(Math.Abs(Math.Sqrt(sum) - 1) < 0.01)) // written so that NaN fails too
            throw new InvalidDataException($"The vector of sticker {id} has length {Math.Sqrt(sum)} instead of 1. Embed again (stickers embed).");
    }
}
