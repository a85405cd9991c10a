using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Stickers.Storage;
using Stickers.Tests.Servers;

namespace Stickers.Bench;

/// <summary>
/// Objects on local disk and on a real S3 server, Ceph's gateway, by the project's stores and by what they stand on: plain files, and the SDK's client. Both
/// sides take turns, several times; processor time is this process' alone, without the server's.
/// </summary>
internal static class StorageBenchmark
{
    private const int Rounds = 3, Small = 50_000, SmallCount = 200, Large = 64 << 20, LargeCount = 2, Range = 4096, Ranges = 200, AtOnce = 8;

    private static readonly byte[] Content = Make();

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("storage-bench-").FullName;
        try
        {
            Console.WriteLine($"median of {Rounds} rounds in turn; peer on disk: FileStream, flushed and renamed. SHA-256 of 64 MiB alone takes {HashMilliseconds():F0} ms.");
            await CompareAsync("local disk", new StoreSide(new LocalStore(Path.Combine(folder, "store"))), new FileSide(Path.Combine(folder, "files")));
            if (RadosGateway.Missing.Count > 0)
            {
                Console.WriteLine($"S3: {string.Join(", ", RadosGateway.Missing)} is not installed. {RadosGateway.Remedy}");
                return 1;
            }

            await using var server = new RadosGateway();
            await server.InitializeAsync();
            await server.CreateBucketAsync("bench", CancellationToken.None);
            foreach (var (name, value) in ((string, string)[])
            [
                ("AWS_ACCESS_KEY_ID", RadosGateway.AccessKey),
                ("AWS_SECRET_ACCESS_KEY", RadosGateway.SecretKey),
                ("AWS_ENDPOINT_URL_S3", server.Endpoint.AbsoluteUri),
            ])
                Environment.SetEnvironmentVariable(name, value);
            using var client = server.Connect();
            await CompareAsync("S3, Ceph's gateway on this machine", new StoreSide(ObjectStore.Open("s3://bench/store")), new SdkSide(client, "bench", "peer/"));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CompareAsync(string where, StorageSide store, StorageSide peer)
    {
        Console.WriteLine($"{where,-42}{"store",18}{"peer",18}{"rate",7}{"CPU us each: store",20}{"peer",9}{"ratio",7}");
        foreach (var (what, unit, count, atOnce, work) in (Operation[])
        [
            new("put 50 KB, one at a time", "/s", SmallCount, 1, (side, i) => side.PutAsync($"small/{i}", Content.AsMemory(i, Small))),
            new($"put 50 KB, {AtOnce} at a time", "/s", SmallCount, AtOnce, (side, i) => side.PutAsync($"small/{i}", Content.AsMemory(i, Small))),
            new("get 50 KB, one at a time", "/s", SmallCount, 1, (side, i) => Expect(side.GetAsync($"small/{i}", 0, long.MaxValue), Small)),
            new($"get 50 KB, {AtOnce} at a time", "/s", SmallCount, AtOnce, (side, i) => Expect(side.GetAsync($"small/{i}", 0, long.MaxValue), Small)),
            new("list 200 objects", "/s", 10, 1, async (side, _) => await Expect(CountAsync(side), SmallCount)),
            new("put 64 MiB", " x 64 MiB/s", LargeCount, 1, (side, i) => side.PutAsync($"large/{i}", Content)),
            new("get 64 MiB", " x 64 MiB/s", LargeCount, 1, (side, i) => Expect(side.GetAsync($"large/{i}", 0, long.MaxValue), Large)),
            new("read 4 KiB within 64 MiB", "/s", Ranges, 1, (side, i) => Expect(side.GetAsync($"large/{i % LargeCount}", (i * 300_007L) % (Large - Range), Range), Range)),
        ])
        {
            var (ours, theirs) = (new List<Cost>(), new List<Cost>());
            foreach (var side in (StorageSide[])[store, peer]) await MeasureAsync(side, count, atOnce, work); // connected and compiled
            for (var round = 0; round < Rounds; round++)
            {
                // Who goes first alternates: a busy moment hits both.
                foreach (var side in round % 2 == 0 ? (StorageSide[])[store, peer] : [peer, store])
                    (side == store ? ours : theirs).Add(await MeasureAsync(side, count, atOnce, work));
            }

            var (a, b) = (Median(ours), Median(theirs));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {what,-40}{1 / a.Seconds,10:F1}{unit,-8}{1 / b.Seconds,10:F1}{unit,-8}{b.Seconds / a.Seconds,7:F2}{a.Cpu * 1e6,20:F0}{b.Cpu * 1e6,9:F0}{a.Cpu / b.Cpu,7:F2}"));
        }

        static async Task<long> CountAsync(StorageSide side) => await side.ListAsync("small");
    }

    private static async Task<Cost> MeasureAsync(StorageSide side, int count, int atOnce, Func<StorageSide, int, Task> work)
    {
        var (start, cpu) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (i, _) => await work(side, i));
        return new Cost(Stopwatch.GetElapsedTime(start).TotalSeconds / count, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds / count);
    }

    private static Cost Median(List<Cost> costs) => new(Middle(costs.Select(cost => cost.Seconds)), Middle(costs.Select(cost => cost.Cpu)));

    private static double Middle(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private static async Task Expect(Task<long> got, long expected)
    {
        if (await got is var found && found != expected) throw new InvalidDataException($"{found} instead of {expected}");
    }

    /// <summary>Stores hash what is written; peers do not.</summary>
    private static double HashMilliseconds()
    {
        SHA256.HashData(Content);
        var start = Stopwatch.GetTimestamp();
        SHA256.HashData(Content);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static byte[] Make()
    {
        var bytes = new byte[Large];
        new Random(5).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Of one operation.</summary>
    private readonly record struct Cost(double Seconds, double Cpu);

    private sealed record Operation(string What, string Unit, int Count, int AtOnce, Func<StorageSide, int, Task> Work);
}
