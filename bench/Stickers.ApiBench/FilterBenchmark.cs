using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using Stickers.SimilaritySearch;
using Stickers.SimilaritySearch.Filtering;
using Stickers.Storage;

namespace Stickers.ApiBench;

/// <summary>Recall@10 of filtered searches against comparing every sticker that passes, at four selectivities.</summary>
internal static class FilterBenchmark
{
    private const int K = 10;
    private const int Queries = 100;

    public static async Task<int> RunAsync(string root)
    {
        using var snapshot = await Snapshot.OpenCurrentAsync(new LocalStore(root), EmbeddingSpace.Visual);
        var attributes = StickerAttributes.Load(snapshot.Stickers);
        var count = (int)snapshot.Manifest.Count;
        var (rows, d) = (new float[count * snapshot.Manifest.Dimension], snapshot.Manifest.Dimension);
        for (var i = 0; i < count; i++)
            snapshot.TryCopyVector(SyntheticWorld.IdOf(i), rows.AsSpan(i * d, d));
        foreach (var share in new[] { 2, 20, 200, 2000 })
        {
            var passing = PassingStickers.Of(snapshot, attributes, new StickerFilter { AllTags = [string.Create(CultureInfo.InvariantCulture, $"share-{share}")] })!;
            var (found, milliseconds) = (0, new List<double>());
            for (var q = 0; q < Queries; q++)
            {
                var query = rows.AsSpan((int)(2654435761L * (q + 1) % count) * d, d).ToArray();
                var truth = Enumerable.Range(0, (count + share - 1) / share).Select(i => i * share)
                    .Select(i => (Id: SyntheticWorld.IdOf(i), Score: TensorPrimitives.Dot<float>(query, rows.AsSpan(i * d, d)))).OrderByDescending(hit => hit.Score).Take(K).Select(hit => hit.Id).ToHashSet();
                var started = Stopwatch.GetTimestamp();
                var hits = snapshot.Search(query, K, passing.Filter);
                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                found += hits.Count(hit => truth.Contains(hit.Id));
            }

            milliseconds.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{100.0 / share} % pass ({passing.Set.Count}): recall@{K} {found / (double)(K * Queries):0.0000}, p50 {milliseconds[Queries / 2]:0.0} ms, p99 {milliseconds[Queries * 99 / 100]:0.0} ms"));
        }

        return 0;
    }
}
