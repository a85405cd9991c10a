using System.Diagnostics;
using System.Globalization;
using Faiss;

namespace Stickers.Bench;

/// <summary>Builds once what the searches of <see cref="FaissBenchmark"/> load, each with one thread, and keeps the processor seconds it took.</summary>
internal static class FaissBuild
{
    public const string Word = "faiss-build";

    /// <summary>The inverted lists and the graph for a number of vectors.</summary>
    private static (string Name, string Factory, int EfConstruction, MetricType Metric)[] Indexes(int n) =>
    [
        ("flat", "Flat", 0, MetricType.L2),
        ("ivf", $"IVF{Lists(n)},Flat", 0, MetricType.L2),
        ("ivfsq8", $"IVF{Lists(n)},SQ8", 0, MetricType.L2),
        // Unit vectors are in the same order by inner product, which SQ8 computes in whole numbers. More lists, as reading one costs so little.
        ("refined", $"IVF{(n >= 50_000 && n < 500_000 ? 2 : 1) * Lists(n)},SQ8,RFlat", 0, MetricType.InnerProduct),
        ("hnsw", "HNSW16", 200, MetricType.L2), // as hnswlib_peer.py makes it
    ];

    private static int Lists(int n) => n >= 500_000 ? 4096 : n >= 50_000 ? 1024 : 128;

    /// <param name="folder">Takes the files.</param>
    /// <param name="n">Vectors.</param>
    /// <param name="only">Names of indexes, and <c>hnswlib</c>; all when empty.</param>
    public static int Run(string folder, int n, string[] only)
    {
        var data = new FaissData(folder, n);
        data.Make();
        var vectors = data.ReadBase();
        foreach (var (name, factory, efConstruction, metric) in Indexes(n))
        {
            if (File.Exists(data.Path(name + ".faiss")) || (only.Length > 0 && !only.Contains(name)))
                continue;
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            using var index = FaissIndex.Create(FaissData.Dimension, factory, metric, efConstruction);
            if (!index.IsTrained)
                index.Train(vectors.AsSpan(0, Math.Min(n, 64 * Lists(n)) * FaissData.Dimension), threads: 1);
            index.Add(vectors, threads: 1);
            var seconds = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
            index.Save(data.Path(name + ".faiss"));
            var line = string.Create(CultureInfo.InvariantCulture, $"{seconds:F1}");
            File.WriteAllText(data.Path(name + ".seconds"), line);
            Console.WriteLine($"{n} {factory}: {line} CPU s ({FaissLibrary.Variant})");
        }

        return only.Length == 0 || only.Contains("hnswlib") ? Peer("hnswlib_peer.py", "build", folder, n) : 0;
    }

    private static int Peer(string script, params object[] arguments)
    {
        using var process = Process.Start("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "peers", script), .. arguments.Select(a => a.ToString()!)]);
        process.WaitForExit();
        return process.ExitCode;
    }
}
