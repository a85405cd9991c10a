using System.Numerics.Tensors;
using Faiss;
using Stickers.Catalogue.Images;

namespace Stickers.IndexBuilder.Duplicates;

/// <summary>
/// Finds drawings that were recoloured. To the visual space a strong change of colour makes another picture; the edges stay where they are (<see cref="OrientedGradients"/>).
/// </summary>
internal static class Recolours
{
    /// <summary>Cosine of two drawings' edges from which they are one drawing; it was measured (bench/README.md).</summary>
    public const float SameDrawing = 0.99f;

    private const int MostExact = 20_000;

    private const int MostLists = 4096, SampleOfList = 64, ListsSearched = 8;
    private const int Batch = 256;

    /// <summary>All pairs of drawings with the same edges, in order. Memory is 512 bytes for a drawing and as much again for the index.</summary>
    /// <param name="count">Stickers.</param>
    /// <param name="thumbnail">The picture at a place, an encoded image, or null. Thread-safe.</param>
    /// <param name="threshold">Smallest cosine.</param>
    /// <param name="progress">Told the stickers described, and those compared.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <param name="mostExact">Up to so many drawings each is compared with each; beyond, with those of the nearest inverted lists.</param>
    /// <exception cref="InvalidOperationException">There are too many pairs.</exception>
    public static List<LookAlike> Find(int count, Func<int, byte[]?> thumbnail, float threshold, (Action<long> Described, Action<long> Compared) progress, CancellationToken cancellation, int mostExact = MostExact)
    {
        var (places, descriptions) = Describe(count, thumbnail, progress.Described, cancellation);
        if (places.Count < 2) return [];
        using var index = Build(descriptions, mostExact);
        var parameters = new SearchParameters { NProbe = ListsSearched, Threads = Environment.ProcessorCount };
        var pairs = LookAlikes.AllPairs(places.Count, OrientedGradients.Dimension, Copy, Nearest, threshold, recoloured: true, progress.Compared, cancellation);
        return pairs.ConvertAll(pair => pair with { A = places[pair.A], B = places[pair.B] }); // places rise, and so do the pairs

        void Copy(int at, Span<float> vector) => TensorPrimitives.ConvertToSingle(descriptions[at], vector);

        IReadOnlyList<(int Place, float Score)>[] Nearest(ReadOnlySpan<float> queries, int k)
        {
            k = Math.Min(k, places.Count);
            var n = queries.Length / OrientedGradients.Dimension;
            var (scores, ids) = (new float[n * k], new long[n * k]);
            index.Search(queries, k, scores, ids, parameters);
            return [.. Enumerable.Range(0, n).Select(q => Enumerable.Range(q * k, k).TakeWhile(at => ids[at] >= 0).Select(at => ((int)ids[at], scores[at])).ToList())];
        }
    }

    /// <summary>The places of the stickers that have a picture with edges, rising, and what describes each.</summary>
    private static (List<int> Places, List<Half[]> Descriptions) Describe(int count, Func<int, byte[]?> thumbnail, Action<long> progress, CancellationToken cancellation)
    {
        var (places, descriptions) = (new List<int>(), new List<Half[]>());
        for (var first = 0; first < count; first += Batch)
        {
            var described = new Half[Math.Min(Batch, count - first)][];
            Parallel.For(0, described.Length, new ParallelOptions { CancellationToken = cancellation }, i =>
            {
                var values = new float[OrientedGradients.Dimension];
                if (thumbnail(first + i) is not { } file || !OrientedGradients.TryDescribe(ImageDecoder.Decode(file, OrientedGradients.Side), values)) return;
                TensorPrimitives.ConvertToHalf(values, described[i] = new Half[values.Length]);
            });
            for (var i = 0; i < described.Length; i++)
            {
                if (described[i] is not { } values) continue;
                places.Add(first + i);
                descriptions.Add(values);
            }

            progress(first + described.Length);
        }

        return (places, descriptions);
    }

    private static FaissIndex Build(List<Half[]> descriptions, int mostExact)
    {
        var lists = descriptions.Count <= mostExact ? 1 : (int)Math.Min(MostLists, 4 * Math.Sqrt(descriptions.Count));
        var index = FaissIndex.Create(OrientedGradients.Dimension, lists == 1 ? "Flat" : FormattableString.Invariant($"IVF{lists},SQ8"), MetricType.InnerProduct);
        try
        {
            if (lists > 1)
            {
                var step = Math.Max(1, descriptions.Count / (lists * SampleOfList)); // the order is that of ids, which are hashes
                index.Train(Rows([.. descriptions.Where((_, i) => i % step == 0).Take(lists * SampleOfList)]), Environment.ProcessorCount);
            }

            foreach (var batch in descriptions.Chunk(Batch)) index.Add(Rows(batch), Environment.ProcessorCount);
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    private static float[] Rows(Half[][] descriptions)
    {
        var rows = new float[descriptions.Length * OrientedGradients.Dimension];
        for (var i = 0; i < descriptions.Length; i++) TensorPrimitives.ConvertToSingle(descriptions[i], rows.AsSpan(i * OrientedGradients.Dimension, OrientedGradients.Dimension));
        return rows;
    }
}
