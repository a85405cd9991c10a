using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using Stickers.SimilaritySearch;
using Stickers.SimilaritySearch.Filtering;
using Stickers.Storage;

namespace Stickers.ApiBench;

/// <summary>Recall@10 of filtered searches against comparing every sticker that passes, at five selectivities.</summary>
internal static class FilterBenchmark
{
    private const int K = 10;
    private const int Queries = 100;
    private const int Makings = 21;

    public static async Task<int> RunAsync(string root)
    {
        using var snapshot = await Snapshot.OpenCurrentAsync(new LocalStore(root), EmbeddingSpace.Visual);
        var attributes = StickerAttributes.Load(snapshot.Stickers);
        var count = (int)snapshot.Manifest.Count;
        var (rows, d) = (new float[count * snapshot.Manifest.Dimension], snapshot.Manifest.Dimension);
        for (var i = 0; i < count; i++)
            snapshot.TryCopyVector(SyntheticWorld.IdOf(i), rows.AsSpan(i * d, d));
        // The words of the third line occur on 11 %, more than are compared one by one and few for the lists.
        foreach (var tag in new[] { "share-2", "share-20", "word0", "share-200", "share-2000" })
        {
            var (making, milliseconds, found) = (new List<double>(), new List<double>(), 0);
            PassingStickers passing;
            do
            {
                var started = Stopwatch.GetTimestamp();
                passing = PassingStickers.Of(snapshot, attributes, new StickerFilter { AllTags = [tag] })!;
                _ = passing.Filter;
                making.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
            while (making.Count < Makings);

            for (var q = 0; q < Queries; q++)
            {
                var query = rows.AsSpan((int)(2654435761L * (q + 1) % count) * d, d).ToArray();
                var best = new PriorityQueue<int, double>();
                foreach (var i in passing.Set.Positions())
                {
                    var score = TensorPrimitives.Dot<float>(query, rows.AsSpan(i * d, d));
                    if (best.Count < K)
                        best.Enqueue(i, score);
                    else
                        best.EnqueueDequeue(i, score);
                }

                var truth = best.UnorderedItems.Select(item => SyntheticWorld.IdOf(item.Element)).ToHashSet();
                var started = Stopwatch.GetTimestamp();
                var hits = snapshot.Search(query, K, passing.Filter);
                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                found += hits.Count(hit => truth.Contains(hit.Id));
            }

            making.Sort();
            milliseconds.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{100.0 * passing.Set.Count / count:0.00} % pass ({passing.Set.Count}, made in {making[Makings / 2]:0.0} ms): recall@{K} {found / (double)(K * Queries):0.0000}, p50 {milliseconds[Queries / 2]:0.00} ms, p99 {milliseconds[Queries * 99 / 100]:0.0} ms"));
        }

        return 0;
    }
}
