using System.Diagnostics;
using System.Globalization;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.ApiBench;

/// <summary>
/// Similar by id, k = 20: the same search in process on as many threads as there are cores, over HTTP, and by the peer, which answers with
/// ids and scores, as one writes first, and with the records that are in our answers. All take turns: what a machine shared with others gives changes within a minute.
/// </summary>
internal static class SearchBenchmark
{
    private const int K = 20;
    private const int Rounds = 3;

    /// <summary>What each server is tried with: its rate is the best of these.</summary>
    private static readonly int[] Connections = [4, 8, 16];

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(4);

    public static async Task<int> RunAsync(string root, string stickers)
    {
        var store = new LocalStore(root);
        using var snapshot = await Snapshot.OpenCurrentAsync(store, EmbeddingSpace.Visual);
        var (count, nprobe) = ((int)snapshot.Manifest.Count, snapshot.Manifest.NProbe);
        Console.WriteLine($"{count} x {snapshot.Manifest.Dimension}, {snapshot.Manifest.Factory}, nprobe {nprobe}");
        var folder = store.PathOf(SnapshotKeys.Folder(EmbeddingSpace.Visual, "aaaaaaaaaaaa"));
        using var server = await Server.StickersAsync(stickers, root);
        using var flask = await Server.PythonAsync(Peer("flask_faiss.py"), Path.Combine(folder, SnapshotManifest.IndexFile), $"{nprobe}");
        using var records = await Server.PythonAsync(Peer("flask_faiss_records.py"), folder, $"{nprobe}");
        string[] ids = [$"{count}", $"{SyntheticWorld.IdOf(0)}", "7", "/v1/stickers/", $"/similar?k={K}"];
        string[] theirs = [$"{count}", "0", "1", "/similar/"];
        Side[] sides =
        [
            new("HTTP", server, ids),
            // Neither the search in process nor a peer tells near-duplicates apart: without that, the work of both sides is alike.
            new("HTTP, nothing collapsed", server, [.. ids[..^1], $"{ids[^1]}&collapse=false"]),
            new("flask + faiss", flask, theirs),
            new("flask + faiss with records", records, theirs),
        ];
        InProcess(snapshot, count, TimeSpan.FromSeconds(1));
        foreach (var side in sides)
            await side.RateAsync(Connections[^1], Time);

        var rates = new double[Rounds][];
        for (var round = 0; round < Rounds; round++)
        {
            Console.WriteLine($"round {round + 1}");
            rates[round] = new double[sides.Length + 1];
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            var inProcess = rates[round][sides.Length] = InProcess(snapshot, count, 2 * Time);
            var cpu = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds / (inProcess * 2 * Time.TotalSeconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  in process, {Environment.ProcessorCount} threads: {inProcess:0}/s, {cpu:0.000} ms of CPU each"));
            for (var side = 0; side < sides.Length; side++)
                rates[round][side] = await sides[side].PeakAsync();
            Console.WriteLine($"  HTTP at half the peak: {await OpenLoop.RunAsync(server.Address, SyntheticWorld.Similar(count, $"k={K}"), rates[round][0] / 2, Connections[^1], 2 * Time)}");
        }

        Print("over HTTP of in process", 0, sides.Length);
        Print("the same, nothing collapsed, as there", 1, sides.Length);
        Print("over flask + faiss", 0, 2);
        Print("over flask + faiss with records", 0, 3);
        return 0;

        void Print(string name, int side, int other) =>
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {string.Join(", ", rates.Select(round => round[side] / round[other]).Order().Select(ratio => ratio.ToString("0.00", CultureInfo.InvariantCulture)))}"));

        static string Peer(string script) => Path.Combine(AppContext.BaseDirectory, "peer", script);
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

    /// <summary>A server and what it is asked.</summary>
    /// <param name="Name">For the report.</param>
    /// <param name="Server">The server.</param>
    /// <param name="Ids">What the script makes paths of.</param>
    private sealed record Side(string Name, Server Server, string[] Ids)
    {
        public Task<(double Rate, long Answers, string Said)> RateAsync(int connections, TimeSpan time) => Wrk.RunAsync(Server.Address, "ids.lua", Ids, connections, (int)time.TotalSeconds);

        /// <summary>The highest rate that the server reaches.</summary>
        public async Task<double> PeakAsync()
        {
            var best = 0.0;
            foreach (var connections in Connections)
            {
                var cpu = Server.Cpu;
                var run = await RateAsync(connections, Time);
                cpu = (Server.Cpu - cpu) * 1000 / run.Answers;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {Name}, {connections} connections: {run.Said}; {cpu:0.000} ms of the server's CPU each"));
                best = Math.Max(best, run.Rate);
            }

            return best;
        }
    }
}
