using System.Globalization;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.ApiBench;

/// <summary>Ten times the peak rate for 60 seconds: those that are taken stay fast, the others are told at once, and all is well again soon after.</summary>
internal static class OverloadBenchmark
{
    public static async Task<int> RunAsync(string root, string stickers)
    {
        int count;
        using (var snapshot = await Snapshot.OpenCurrentAsync(new LocalStore(root), EmbeddingSpace.Visual))
            count = (int)snapshot.Manifest.Count;
        using var server = await Server.StickersAsync(stickers, root);
        string Path(int i) => $"/v1/stickers/{SyntheticWorld.IdOf((int)(2654435761L * i % count))}/similar?k=20&blend=0.5";
        await OpenLoop.RunAsync(server.Address, Path, double.PositiveInfinity, 8, TimeSpan.FromSeconds(4));
        var peak = (await OpenLoop.RunAsync(server.Address, Path, double.PositiveInfinity, 8, TimeSpan.FromSeconds(6))).Rate;
        var unloaded = await OpenLoop.RunAsync(server.Address, Path, peak / 4, 8, TimeSpan.FromSeconds(6));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak {peak:0}/s; at a quarter: {unloaded}"));
        var overload = await OpenLoop.RunAsync(server.Address, Path, 10 * peak, 256, TimeSpan.FromSeconds(60));
        Console.WriteLine($"at ten times the peak: {overload}");
        await Task.Delay(2000);
        Console.WriteLine($"two seconds later, at a quarter: {await OpenLoop.RunAsync(server.Address, Path, peak / 4, 8, TimeSpan.FromSeconds(3))}");
        return 0;
    }
}
