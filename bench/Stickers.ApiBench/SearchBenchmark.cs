using System.Diagnostics;
using System.Globalization;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.ApiBench;

/// <summary>
/// Similar by id, k = 20: the same search in process on as many threads as there are cores, over HTTP, and by the peer, which answers with
/// ids and scores, as one writes first, and with the records that are in our answers.
/// </summary>
internal static class SearchBenchmark
{
    private const int K = 20;

    /// <summary>What each server is tried with: its rate is the best of these.</summary>
    private static readonly int[] Connections = [4, 8, 16];

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(8);

    public static async Task<int> RunAsync(string root, string stickers)
    {
        var store = new LocalStore(root);
        double inProcess;
        int count, nprobe;
        using (var snapshot = await Snapshot.OpenCurrentAsync(store, EmbeddingSpace.Visual))
        {
            (count, nprobe) = ((int)snapshot.Manifest.Count, snapshot.Manifest.NProbe);
            Console.WriteLine($"{count} x {snapshot.Manifest.Dimension}, {snapshot.Manifest.Factory}, nprobe {snapshot.Manifest.NProbe}");
            InProcess(snapshot, count, TimeSpan.FromSeconds(1));
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            inProcess = InProcess(snapshot, count, Time);
            var cpu = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds / (inProcess * Time.TotalSeconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"in process, {Environment.ProcessorCount} threads: {inProcess:0}/s, {cpu:0.000} ms of CPU each"));
        }

        double peak, alike;
        using (var server = await Server.StickersAsync(stickers, root))
        {
            string[] ids = [$"{count}", $"{SyntheticWorld.IdOf(0)}", "7", "/v1/stickers/", $"/similar?k={K}"];
            peak = await PeakAsync("HTTP", server, ids);
            // Neither the search in process nor a peer tells near-duplicates apart: without that, the work of both sides is alike.
            alike = await PeakAsync("HTTP, nothing collapsed", server, [.. ids[..^1], $"{ids[^1]}&collapse=false"]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"over HTTP {100 * peak / inProcess:0} % of in process; nothing collapsed, as there, {100 * alike / inProcess:0} %"));
            var half = await OpenLoop.RunAsync(server.Address, SyntheticWorld.Similar(count, $"k={K}"), peak / 2, Connections[^1], Time);
            Console.WriteLine($"HTTP at half the peak: {half}");
        }

        var folder = store.PathOf(SnapshotKeys.Folder(EmbeddingSpace.Visual, "aaaaaaaaaaaa"));
        foreach (var (name, script, file) in new[] { ("flask + faiss", "flask_faiss.py", SnapshotManifest.IndexFile), ("flask + faiss with records", "flask_faiss_records.py", "") })
        {
            using var peer = await Server.PythonAsync(Path.Combine(AppContext.BaseDirectory, "peer", script), Path.Combine(folder, file), $"{nprobe}");
            string[] ids = [$"{count}", "0", "1", "/similar/"];
            var theirs = await PeakAsync(name, peer, ids);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ours over theirs, {name}: {peak / theirs:0.0}; nothing collapsed {alike / theirs:0.0}"));
        }

        return 0;
    }

    /// <summary>The highest rate that a server reaches.</summary>
    private static async Task<double> PeakAsync(string name, Server server, string[] ids)
    {
        var best = 0.0;
        await Wrk.RunAsync(server.Address, "ids.lua", ids, Connections[0], 4);
        foreach (var connections in Connections)
        {
            var cpu = server.Cpu;
            var run = await Wrk.RunAsync(server.Address, "ids.lua", ids, connections, (int)Time.TotalSeconds);
            cpu = (server.Cpu - cpu) * 1000 / run.Answers;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, {connections} connections: {run.Said}; {cpu:0.000} ms of the server's CPU each"));
            best = Math.Max(best, run.Rate);
        }

        return best;
    }

    private static double InProcess(Snapshot snapshot, int count, TimeSpan time)
    {
        long done = 0;
        var clock = Stopwatch.StartNew();
        Parallel.For(0, Environment.ProcessorCount, thread =>
        {
            for (var i = thread; clock.Elapsed < time; i += Environment.ProcessorCount)
            {
                var id = SyntheticWorld.IdOf((int)(2654435761L * i % count));
                if (snapshot.Search(snapshot.Vector(id)!, K, id).Count != K)
                    throw new InvalidOperationException("too few found");
                Interlocked.Increment(ref done);
            }
        });
        return done / clock.Elapsed.TotalSeconds;
    }
}
