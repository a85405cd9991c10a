using System.Globalization;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.ApiBench;

/// <summary>
/// Ten times the peak rate for 60 seconds: those that are taken stay fast, the others are told at once, and all is well again soon after. Searches can be made heavier by visiting
/// more lists: ten times what a server can do must still be what a generator on the same cores can ask for.
/// </summary>
internal static class OverloadBenchmark
{
    private const int Connections = 256;

    /// <summary>Milliseconds within which who is refused shall know.</summary>
    private const double Patience = 50;

    /// <param name="root">The store.</param>
    /// <param name="stickers">The program to serve with.</param>
    /// <param name="lists">Inverted lists that searches visit; null for what the index says.</param>
    public static async Task<int> RunAsync(string root, string stickers, int? lists)
    {
        var store = new LocalStore(root);
        var manifests = new List<SnapshotManifest>();
        foreach (var space in new[] { EmbeddingSpace.Visual, EmbeddingSpace.Semantic })
            manifests.Add((await SnapshotKeys.ReadManifestAsync(store, space, (await SnapshotKeys.ReadCurrentAsync(store, space))!.Version))!);
        try
        {
            foreach (var manifest in manifests)
                await WriteAsync(manifest with { NProbe = lists ?? manifest.NProbe });
            await MeasureAsync(stickers, root, (int)manifests[0].Count, lists ?? manifests[0].NProbe);
        }
        finally
        {
            foreach (var manifest in manifests)
                await WriteAsync(manifest);
        }

        return 0;

        Task WriteAsync(SnapshotManifest manifest) => store.WriteJsonAsync($"indexes/{manifest.Space}/{manifest.Version}/index.json", manifest);
    }

    private static async Task MeasureAsync(string stickers, string root, int count, int lists)
    {
        // Clients have cores of their own; here the server gives way to them.
        using var server = await Server.StickersAsync(stickers, root, niceness: 5);
        var path = SyntheticWorld.Similar(count, "k=20");
        await Closed(5);
        var closed = await Closed(6);
        var peak = closed.Rate;
        Console.WriteLine($"4 clients that ask again at once: {closed}");
        var unloaded = await OpenLoop.RunAsync(server.Address, path, peak / 4, 32, TimeSpan.FromSeconds(8));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lists} lists: peak {peak:0}/s; at a quarter of it: {unloaded}"));
        var (cpu, own) = (server.Cpu, Environment.CpuUsage.TotalTime);
        var overload = await OpenLoop.RunAsync(server.Address, path, 10 * peak, Connections, TimeSpan.FromSeconds(60));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"at ten times the peak ({10 * peak:0}/s) for 60 s: {overload}; CPU seconds: server {server.Cpu - cpu:0.0}, generator {(Environment.CpuUsage.TotalTime - own).TotalSeconds:0.0}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"p99 of what was taken over the unloaded: {LoadResult.Percentile(overload.Of(200), 0.99) / LoadResult.Percentile(unloaded.Of(200), 0.99):0.0}; refused within {Patience} ms: {100.0 * overload.Of(503).Count(time => time <= Patience) / overload.Of(503).Length:0.000} %"));
        for (var second = 1; second <= 5; second++)
            Console.WriteLine($"second {second} after it, at a quarter: {await OpenLoop.RunAsync(server.Address, path, peak / 4, 32, TimeSpan.FromSeconds(1))}");

        Task<LoadResult> Closed(int seconds) => OpenLoop.RunAsync(server.Address, path, double.PositiveInfinity, 4, TimeSpan.FromSeconds(seconds));
    }
}
