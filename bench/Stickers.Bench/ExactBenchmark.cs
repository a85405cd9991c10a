using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Faiss;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.Bench;

/// <summary>The exact index against the machine's memory, against Debian's python3-faiss Flat, which is the generic one, and against Flat of Faiss.NET, on the same vectors, one thread.</summary>
internal static class ExactBenchmark
{
    private const int D = 128, K = 10, Queries = 100, Rounds = 5;

    public static async Task<int> RunAsync(IEnumerable<string> sizes)
    {
        Console.WriteLine($"kernel {ExactIndex.Kernel}; {FaissLibrary.BuildInfo}; one thread, best of {Rounds} rounds in turn");
        var good = true;
        foreach (var n in sizes.Select(int.Parse).DefaultIfEmpty(200_000)) good &= await RunAsync(n);
        return good ? 0 : 1;
    }

    private static async Task<bool> RunAsync(int n)
    {
        var folder = Directory.CreateTempSubdirectory("exact-bench-").FullName;
        try
        {
            var rows = new float[(long)n * D];
            new ClusteredVectors(D, 2000, 2).Fill(rows);
            var queries = new float[Queries * D];
            new ClusteredVectors(D, 2000, 3).Fill(queries);
            var path = Path.Combine(folder, "vectors.exact");
            var build = Stopwatch.StartNew();
            using (var writer = ExactIndexWriter.Create(path, n, D))
            {
                for (var row = 0; row < n; row++) writer.Set(row, rows.AsSpan(row * D, D));
                writer.Complete();
            }

            var built = build.Elapsed;
            using var exact = ExactIndex.Open(path);
            using var flat = FaissIndex.Create(D, "Flat", MetricType.InnerProduct);
            flat.Add(rows, 1);
            var (flatPath, queriesPath) = (Path.Combine(folder, "flat.faiss"), Path.Combine(folder, "queries.f32"));
            flat.Save(flatPath);
            await File.WriteAllBytesAsync(queriesPath, MemoryMarshal.AsBytes<float>(queries).ToArray());
            Dictionary<string, double> debian = [];

            var (distances, ids) = (new float[K], new long[K]);
            var wrong = 0;
            for (var q = 0; q < Queries; q++)
            {
                var found = exact.Search(queries.AsSpan(q * D, D), K);
                var truth = Enumerable.Range(0, n).Select(row => new RowHit(row, ExactDot.Product(rows.AsSpan(row * D, D), queries.AsSpan(q * D, D))));
                if (q < 10) wrong += found.SequenceEqual(truth.OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Row).Take(K)) ? 0 : 1;
                flat.Search(queries.AsSpan(q * D, D), K, distances, ids);
                if (found.Zip(distances).Any(pair => Math.Abs(pair.First.Score - pair.Second) > 1e-5)) wrong++;
            }

            double one = double.MaxValue, many = double.MaxValue, peer = double.MaxValue, peerMany = double.MaxValue, bandwidth = 0;
            var (allDistances, allIds) = (new float[Queries * K], new long[Queries * K]);
            for (var round = 0; round < Rounds; round++)
            {
                bandwidth = Math.Max(bandwidth, MemoryBandwidth.Measure(2));
                one = Math.Min(one, Time(Queries, q => exact.Search(queries.AsSpan(q * D, D), K)));
                many = Math.Min(many, Time(1, _ => exact.SearchMany(queries, K)) / Queries);
                peer = Math.Min(peer, Time(20, q => flat.Search(queries.AsSpan(q * D, D), K, distances, ids)));
                peerMany = Math.Min(peerMany, Time(1, _ => flat.Search(queries, K, allDistances, allIds)) / Queries);
                FaissBenchmark.Best(debian, await FaissBenchmark.PeerAsync("faiss_peer.py", flatPath, queriesPath, 0, 0, 1, 1, 20));
            }

            var rate = exact.CodeBytes / one;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
                n = {n}, d = {D}: built in {built.TotalSeconds:F1} s, answers that differ from brute force: {wrong}
                  memory read              {bandwidth / 1e9:F1} GB/s
                  exact, single            {1 / one:F0} q/s   {one * 1e3:F2} ms   {rate / 1e9:F1} GB/s = {rate / bandwidth:P0} of memory's
                  exact, batch of 100      {1 / many:F0} q/s   {many * 1e3:F2} ms
                  python3-faiss Flat, single       {debian["batch1"]:F0} q/s   ratio {1 / one / debian["batch1"]:F1}
                  python3-faiss Flat, batch of 100 {debian["batch100"]:F0} q/s   ratio {1 / many / debian["batch100"]:F1}
                  Faiss.NET Flat, single           {1 / peer:F0} q/s   ratio {peer / one:F1}
                  Faiss.NET Flat, batch of 100     {1 / peerMany:F0} q/s   ratio {peerMany / many:F1}
                """));
            return wrong == 0 && rate >= 0.8 * bandwidth && 1 / one / debian["batch1"] >= 10;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Time(int count, Action<int> work)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i++) work(i);
        return clock.Elapsed.TotalSeconds / count;
    }
}
