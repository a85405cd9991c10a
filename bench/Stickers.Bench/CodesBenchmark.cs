using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Stickers.Catalogue;
using Stickers.IndexBuilder;
using Stickers.SimilaritySearch.Coded;
using Stickers.Storage;

namespace Stickers.Bench;

/// <summary>
/// Learned binary codes against fitted ones, on real embeddings: of the ten nearest by cosine, how many are among the c nearest by Hamming distance, which are what would
/// be compared as float32. All stickers are ranked, so that nothing but the codes decides. Equal distances count by their share.
/// </summary>
internal static class CodesBenchmark
{
    private const int Neighbours = 10, Queries = 2000;
    private static readonly int[] Candidates = [20, 50, 100, 200, 500];

    public static async Task<int> RunAsync(string root, string model, string catalogue)
    {
        var set = await EmbeddingSet.OpenAsync(new LocalStore(root), model, catalogue);
        var learned = await set.ReadCodeMapAsync() ?? throw new InvalidDataException($"Model {model} has no codes: train it again.");
        var rows = await set.ReadAsync().ToListAsync();
        var d = set.Manifest.VisualDimension;
        var fitted = SignRotation.Fit(rows.SelectMany(row => row.Visual).ToArray(), d, 20_261_127);
        var random = new Random(1);
        var asked = VectorSurvey.Draw(rows.Count, Queries, 5).Select(position => (int)position).ToArray();
        foreach (var (kind, queryOf) in (ReadOnlySpan<(string, Func<int, float[]>)>)[("stickers themselves", row => rows[row].Visual), ("moved by a quarter", row => Moved(rows[row].Visual, random))])
        {
            var queries = asked.Select(queryOf).ToArray();
            var truth = Truth(rows, queries, asked);
            foreach (var (name, map) in (ReadOnlySpan<(string, CodeMap)>)[("learned", learned), ("fitted", fitted)])
            {
                var codes = rows.ConvertAll(row => MemoryMarshal.Cast<byte, ulong>(map.Encode(row.Visual)).ToArray());
                var line = string.Join(", ", Candidates.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c}: {Found(codes, map, queries, asked, truth, c):F4}")));
                Console.WriteLine($"{rows.Count} stickers, queries {kind}, {map.Bits} bits {name}: recall@10 among so many candidates: {line}");
            }
        }

        return 0;
    }

    private static HashSet<int>[] Truth(List<StickerEmbedding> rows, float[][] queries, int[] asked)
    {
        var truth = new HashSet<int>[queries.Length];
        Parallel.For(0, queries.Length, q => truth[q] = [.. Enumerable.Range(0, rows.Count).Where(row => row != asked[q]).OrderByDescending(row => ExactDot.Product(rows[row].Visual, queries[q])).Take(Neighbours)]);
        return truth;
    }

    private static double Found(List<ulong[]> codes, CodeMap map, float[][] queries, int[] asked, HashSet<int>[] truth, int candidates)
    {
        var found = new double[queries.Length];
        Parallel.For(0, queries.Length, q =>
        {
            var code = MemoryMarshal.Cast<byte, ulong>(map.Encode(queries[q])).ToArray();
            var distances = codes.ConvertAll(other => other.Zip(code, (a, b) => BitOperations.PopCount(a ^ b)).Sum());
            distances[asked[q]] = int.MaxValue;
            var limit = distances.Order().ElementAt(candidates - 1);
            var (nearer, level) = (distances.Count(x => x < limit), distances.Count(x => x == limit));
            found[q] = truth[q].Sum(row => distances[row] < limit ? 1 : distances[row] == limit ? (candidates - nearer) / (double)level : 0) / Neighbours;
        });
        return found.Average();
    }

    private static float[] Moved(float[] vector, Random random)
    {
        var step = Array.ConvertAll(vector, _ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())));
        var scale = 0.25f / MathF.Sqrt(step.Sum(x => x * x));
        var moved = vector.Zip(step, (v, s) => v + (scale * s)).ToArray();
        var norm = MathF.Sqrt(moved.Sum(x => x * x));
        return Array.ConvertAll(moved, x => x / norm);
    }
}
