using System.Diagnostics;
using System.Globalization;
using Faiss;

namespace Stickers.Bench;

/// <summary>Faiss.NET against Debian's python3-faiss over the same build of Faiss, and its fast build against Debian's python3-hnswlib.</summary>
internal static class FaissBenchmark
{
    public const string SearchWord = "faiss-search";
    private const double Wanted = 0.99;

    /// <summary>Candidates for each neighbour wanted, where vectors are compared whole in the end; others ignore it.</summary>
    public const int Refine = 2;

    private static readonly int[] Refinements = [1, Refine, 3];

    private static readonly (string Name, int NProbe, int Ef)[] Indexes = [("flat", 0, 0), ("ivf", 8, 0), ("ivfsq8", 8, 0), ("hnsw", 0, 64)];
    private static readonly string[] Variants = ["generic", "avx2", "avx512"];

    /// <summary>Searches in this process: one line for each batch size. A process of its own, because the build of Faiss is chosen once for each.</summary>
    public static int Search(string file, string queriesFile, SearchParameters parameters, int rounds, int singles)
    {
        using var index = FaissIndex.Load(file);
        var queries = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(queriesFile)).ToArray();
        const int d = FaissData.Dimension, k = FaissData.Neighbours;
        foreach (var size in new[] { 1, 100 })
        {
            var (distances, ids) = (new float[size * k], new long[size * k]);
            var n = size == 1 ? singles : FaissData.Queries;
            var best = 0.0;
            for (var round = 0; round < rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                for (var i = 0; i < n; i += size)
                    index.Search(queries.AsSpan(i * d, size * d), k, distances, ids, parameters);
                best = Math.Max(best, n / watch.Elapsed.TotalSeconds);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"batch{size} {best:F1}"));
        }

        return 0;
    }

    /// <summary>The same file by python3-faiss and by Faiss.NET over Debian's Faiss, in turn.</summary>
    public static async Task<int> AgainstPythonAsync(string folder, int n, int threads)
    {
        var data = new FaissData(folder, n);
        Console.WriteLine($"{n} x {FaissData.Dimension}, {threads} thread(s), Faiss.NET over Debian's Faiss against python3-faiss; queries per second, the best of 3 turns of 3 rounds");
        var worst = double.MaxValue;
        foreach (var (name, nprobe, ef) in Indexes)
        {
            if (!File.Exists(data.Path(name + ".faiss")))
                continue;
            var singles = Singles(name, n);
            Dictionary<string, double> net = [], python = [];
            for (var turn = 0; turn < 3; turn++)
            {
                Best(python, await PeerAsync("faiss_peer.py", data.Path(name + ".faiss"), data.Path("queries.f32"), nprobe, ef, threads, 3, singles));
                Best(net, await NetAsync("generic", data.Path(name + ".faiss"), data.Path("queries.f32"), nprobe, ef, threads, 3, singles));
            }

            foreach (var batch in net.Keys)
            {
                var ratio = net[batch] / python[batch];
                worst = Math.Min(worst, ratio);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-8} {batch,-9} python3-faiss {python[batch],9:F0}   Faiss.NET {net[batch],9:F0}   ratio {ratio:F3}"));
            }
        }

        Console.WriteLine(worst >= 0.98 ? "at least 0.98 everywhere" : string.Create(CultureInfo.InvariantCulture, $"BELOW 0.98: {worst:F3}"));
        return worst >= 0.98 ? 0 : 1;
    }

    /// <summary>The same file by Faiss.NET over each build of Faiss, in turn.</summary>
    public static async Task<int> VariantsAsync(string folder, int n, int threads)
    {
        var data = new FaissData(folder, n);
        Console.WriteLine($"{n} x {FaissData.Dimension}, {threads} thread(s), Faiss.NET over each build of Faiss; queries per second, the best of 3 turns of 3 rounds");
        foreach (var (name, nprobe, ef) in Indexes.Where(index => File.Exists(data.Path(index.Name + ".faiss"))))
        {
            var rates = Variants.ToDictionary(variant => variant, _ => new Dictionary<string, double>());
            for (var turn = 0; turn < 3; turn++)
            {
                foreach (var (variant, best) in rates)
                    Best(best, await NetAsync(variant, data.Path(name + ".faiss"), data.Path("queries.f32"), nprobe, ef, threads, 3, Singles(name, n)));
            }

            foreach (var batch in rates["avx2"].Keys)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{name,-8} {batch,-9} {string.Join("   ", rates.Select(rate => $"{rate.Key} {rate.Value[batch]:F0}"))}   avx512 over avx2 {rates["avx512"][batch] / rates["avx2"][batch]:F3}, avx2 over generic {rates["avx2"][batch] / rates["generic"][batch]:F3}"));
            }
        }

        return 0;
    }

    /// <summary>The fast build against hnswlib, each with the least effort that reaches the wanted recall.</summary>
    public static async Task<int> AgainstHnswlibAsync(string folder, int n, int threads)
    {
        var data = new FaissData(folder, n);
        var (queries, truth) = (data.ReadQueries(), data.ReadTruth());
        Console.WriteLine($"{n} x {FaissData.Dimension}, {threads} thread(s), Faiss {FaissLibrary.Variant}; queries per second at recall@10 of at least {Wanted}, the best of 3 turns of 5 rounds");
        Dictionary<string, double> peer = [];
        var nets = new Dictionary<string, (Dictionary<string, double> Rates, int NProbe, int Ef, int Refine, double Recall)>();
        foreach (var name in (string[])["ivf", "ivfsq8", "refined", "hnsw"])
        {
            if (!File.Exists(data.Path(name + ".faiss")))
                continue;
            var (nprobe, ef, refine, recall) = Tune(data.Path(name + ".faiss"), queries, truth, name == "hnsw", name == "refined" ? Refinements : [Refine]);
            nets[name] = ([], nprobe, ef, refine, recall);
        }

        for (var turn = 0; turn < 3; turn++)
        {
            Best(peer, await PeerAsync("hnswlib_peer.py", "search", folder, n, threads));
            foreach (var (name, net) in nets)
                Best(net.Rates, await NetAsync(FaissLibrary.Variant, data.Path(name + ".faiss"), data.Path("queries.f32"), net.NProbe, net.Ef, threads, 5, FaissData.Queries, net.Refine));
        }

        var peerSeconds = Seconds("hnswlib");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hnswlib  ef {peer["ef"]:F0}, recall {peer["recall"]:F4}: {peer["batch1"]:F0} single, {peer["batch100"]:F0} batch of 100; build {peerSeconds:F0} CPU s"));
        foreach (var (name, net) in nets)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-8} {(net.Ef > 0 ? $"efSearch {net.Ef}" : $"nprobe {net.NProbe}{(name == "refined" ? $", {net.Refine} times the candidates" : "")}")}, recall {net.Recall:F4}: {net.Rates["batch1"]:F0} single ({net.Rates["batch1"] / peer["batch1"]:F2}x), {net.Rates["batch100"]:F0} batch of 100 ({net.Rates["batch100"] / peer["batch100"]:F2}x); build {Seconds(name):F0} CPU s ({Seconds(name) / peerSeconds:F2}x)"));
        }

        var good = nets.Where(net => net.Value.Recall >= Wanted && net.Value.Rates["batch1"] >= 2 * peer["batch1"] && Seconds(net.Key) <= 0.5 * peerSeconds).Select(net => net.Key).ToArray();
        Console.WriteLine(good.Length > 0 ? $"{string.Join(", ", good)}: at least twice hnswlib's rate, at most half its build" : "NONE has twice hnswlib's rate at half its build");
        return good.Length > 0 ? 0 : 1;

        double Seconds(string name) => double.Parse(File.ReadAllText(data.Path(name + ".seconds")), CultureInfo.InvariantCulture);
    }

    /// <summary>Single queries of a round: a scan of all takes long.</summary>
    private static int Singles(string name, int n) => name != "flat" || n < 50_000 ? FaissData.Queries : n > 500_000 ? 20 : 100;

    /// <summary>The least effort that reaches the wanted recall, to a unit; of several numbers of candidates the one that is fastest then.</summary>
    private static (int NProbe, int Ef, int Refine, double Recall) Tune(string file, float[] queries, long[] truth, bool graph, int[] refinements)
    {
        using var index = FaissIndex.Load(file);
        var (distances, ids) = (new float[truth.Length], new long[truth.Length]);
        (int, int, int, double) best = default;
        var shortest = TimeSpan.MaxValue;
        foreach (var refine in refinements)
        {
            var (low, high) = (0, graph ? 256 : 128);
            while (high - low > 1)
            {
                var middle = (low + high) / 2;
                (low, high) = Recall(middle, refine) < Wanted ? (middle, high) : (low, middle);
            }

            var recall = Recall(high, refine);
            var time = Enumerable.Range(0, 3).Min(_ => Time(high, refine));
            if (recall < Wanted || time >= shortest)
                continue;
            (best, shortest) = ((graph ? 0 : high, graph ? high : 0, refine, recall), time);
        }

        return best == default ? (graph ? 0 : 128, graph ? 256 : 0, refinements[^1], Recall(graph ? 256 : 128, refinements[^1])) : best;

        double Recall(int effort, int refine)
        {
            Time(effort, refine);
            return FaissData.Recall(ids, truth);
        }

        TimeSpan Time(int effort, int refine)
        {
            var watch = Stopwatch.StartNew();
            index.Search(queries, FaissData.Neighbours, distances, ids, graph ? new SearchParameters { EfSearch = effort } : new SearchParameters { NProbe = effort, RefineFactor = refine });
            return watch.Elapsed;
        }
    }

    /// <summary>Keeps the best rate of each name that a side has printed.</summary>
    public static void Best(Dictionary<string, double> into, string output)
    {
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = line.Split(' ');
            into[words[0]] = Math.Max(into.GetValueOrDefault(words[0]), double.Parse(words[1], CultureInfo.InvariantCulture));
        }
    }

    /// <summary>What a peer in Python prints.</summary>
    public static Task<string> PeerAsync(string script, params object[] arguments) =>
        ExecuteAsync("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "peers", script), .. Words(arguments)], variant: null);

    private static Task<string> NetAsync(string variant, params object[] arguments) =>
        ExecuteAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "Stickers.Bench.dll"), SearchWord, .. Words(arguments)], variant);

    private static IEnumerable<string> Words(object[] arguments) => arguments.Select(a => Convert.ToString(a, CultureInfo.InvariantCulture)!);

    private static async Task<string> ExecuteAsync(string program, IEnumerable<string> arguments, string? variant)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        start.Environment["DOTNET_TieredPGO"] = "0"; // its instrumented code would run in the first rounds
        if (variant is not null)
            start.Environment["FAISS_NET_VARIANT"] = variant;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
