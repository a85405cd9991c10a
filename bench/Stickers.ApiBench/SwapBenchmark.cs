using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.ApiBench;

/// <summary>50 swaps of both indexes under full load: no failed request, no answer of two versions, memory back to its level.</summary>
internal static partial class SwapBenchmark
{
    private const int Swaps = 50;

    public static async Task<int> RunAsync(string root, string stickers)
    {
        var store = new LocalStore(root);
        using var server = await Server.StickersAsync(stickers, root);
        using var client = new HttpClient { BaseAddress = server.Address };
        using var snapshot = await Snapshot.OpenCurrentAsync(store, EmbeddingSpace.Visual);
        var count = (int)snapshot.Manifest.Count;
        var before = server.Memory;
        var (answers, stop) = (new ConcurrentDictionary<string, int>(), new CancellationTokenSource());
        var load = Task.Run(async () =>
        {
            var total = new Dictionary<int, long>();
            while (!stop.IsCancellationRequested)
            {
                // A blend names both indexes: two versions in one answer would show.
                var part = await OpenLoop.RunAsync(server.Address, SyntheticWorld.Similar(count, "k=20&blend=0.5"), double.PositiveInfinity, 2, TimeSpan.FromSeconds(2),
                    body => answers.AddOrUpdate(Index().Match(Encoding.UTF8.GetString(body)).Groups[1].Value, 1, (_, n) => n + 1));
                foreach (var (status, times) in part.ByStatus)
                    total[status] = total.GetValueOrDefault(status) + times.Length;
            }

            return total;
        });

        await Task.Delay(5000);
        var (loaded, most) = (server.Memory, 0.0);
        for (var swap = 1; swap <= Swaps; swap++)
        {
            var version = swap % 2 == 1 ? "bbbbbbbbbbbb" : "aaaaaaaaaaaa";
            await SyntheticWorld.ServeAsync(store, EmbeddingSpace.Visual, version);
            await SyntheticWorld.ServeAsync(store, EmbeddingSpace.Semantic, version);
            while (!(await client.GetStringAsync("/v1/status")).Split(version).Length.Equals(3))
            {
                most = Math.Max(most, server.Memory);
                await Task.Delay(50);
            }

            if (swap % 10 == 0)
                Console.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"after {swap} swaps: {server.Memory:0} MiB"));
        }

        await stop.CancelAsync();
        var statuses = await load;
        await Task.Delay(5000);
        Console.WriteLine($"{Swaps} swaps; answers by status: {string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Key}: {s.Value}"))}");
        Console.WriteLine($"indexes named by answers: {string.Join(", ", answers.OrderBy(a => a.Key).Select(a => $"{a.Key}: {a.Value}"))}");
        Console.WriteLine($"memory: {before:0} MiB at the start, {loaded:0} under load before the first swap, at most {most:0}, {server.Memory:0} five seconds after");
        return 0;
    }

    [GeneratedRegex("\"index\":\"([^\"]+)\"")]
    private static partial Regex Index();
}
