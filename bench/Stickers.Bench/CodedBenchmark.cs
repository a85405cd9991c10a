using System.Diagnostics;
using System.Globalization;
using Stickers.SimilaritySearch.Coded;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.Bench;

/// <summary>The three levels against exact search over the same vectors, one thread.</summary>
internal static class CodedBenchmark
{
    private const int D = 128, K = 10, Queries = 500;

    public static int Run(string count)
    {
        var n = int.Parse(count, CultureInfo.InvariantCulture);
        var lists = Math.Max(64, 1 << (int)Math.Round(Math.Log2(2 * Math.Sqrt(n))));
        var folder = Directory.CreateTempSubdirectory("coded-bench-").FullName;
        try
        {
            var rows = new float[(long)n * D];
            new ClusteredVectors(D, 2000, 2).Fill(rows);
            var queries = new float[Queries * D];
            new ClusteredVectors(D, 2000, 3).Fill(queries);
            var numbers = Enumerable.Range(0, n).Select(row => (long)row).ToArray();
            using (var writer = ExactIndexWriter.Create(Path.Combine(folder, "vectors.exact"), n, D))
            {
                foreach (var row in numbers) writer.Set(row, rows.AsSpan((int)row * D, D));
                writer.Complete();
            }

            var clock = Stopwatch.StartNew();
            using (var quantizer = CodedQuantizer.Fit(rows.AsMemory(0, Math.Min(n, lists * 64) * D), D, lists))
            using (var writer = CodedIndexWriter.Create(Path.Combine(folder, "vectors.coded"), n, quantizer))
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trained {lists} lists and the rotation in {clock.Elapsed.TotalSeconds:F1} s"));
                var inLists = quantizer.Assign(rows);
                foreach (var row in numbers) writer.Assign(row, inLists[row]);
                foreach (var row in numbers)
                {
                    var vector = rows.AsSpan((int)row * D, D);
                    writer.Write(row, quantizer.Codes.Encode(vector), vector);
                }

                writer.Complete();
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"n = {n}, d = {D}: built in {clock.Elapsed.TotalSeconds:F1} s"));
            using var exact = ExactIndex.Open(Path.Combine(folder, "vectors.exact"));
            using var coded = CodedIndex.Open(Path.Combine(folder, "vectors.coded"));
            var truth = exact.SearchMany(queries, K);
            clock.Restart();
            for (var q = 0; q < Queries; q++) exact.Search(queries.AsSpan(q * D, D), K);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"exact: {Queries / clock.Elapsed.TotalSeconds:F0} q/s"));
            foreach (var (probes, candidates) in (ReadOnlySpan<(int, int)>)[(8, 200), (8, 1000), (32, 200), (32, 1000), (64, 1000), (64, 4000)])
            {
                var found = 0;
                clock.Restart();
                for (var q = 0; q < Queries; q++) found += coded.Search(queries.AsSpan(q * D, D), K, probes, candidates).Count(hit => truth[q].Contains(hit));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"coded, {probes,3} lists, {candidates,4} candidates: recall@10 {found / (double)(Queries * K):F4}, {Queries / clock.Elapsed.TotalSeconds:F0} q/s"));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
